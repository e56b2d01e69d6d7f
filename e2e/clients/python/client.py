"""What programs with the Python client do: the typed and the dynamic client, watches, every kind of patch, server-side
apply, deletion. It is told nothing but KUBECONFIG, works in a namespace of its own, and prints a line for each promise
that the server has kept."""
import sys
import time

from kubernetes import client, config, dynamic, watch

from promise import Broken, expect, kept, refused

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"

config.load_kube_config()
core = client.CoreV1Api()
untyped = dynamic.DynamicClient(client.ApiClient())


def eventually(ask):
    """Asks again until the answer is yes."""
    deadline = time.monotonic() + 20
    while not ask():
        expect("that time is left", time.monotonic() < deadline, True)
        time.sleep(0.02)


def config_map(name, open_at):
    """An object with a label to select it by."""
    return {"metadata": {"name": name, "labels": {"shop": "north"}}, "data": {"open": open_at}}


def names(objects):
    return [item.metadata.name for item in objects.items]


def is_gone(name, namespace):
    return not core.list_namespaced_config_map(namespace, field_selector=f"metadata.name={name}").items


@kept("creates a namespace with a generated name, and finds its account")
def arrive():
    namespace = core.create_namespace({"metadata": {"generateName": "python-"}}).metadata.name
    eventually(lambda: "default" in names(core.list_namespaced_service_account(namespace)))
    return namespace


@kept("creates an object and replaces what it has read, and nothing newer")
def write(namespace):
    first = core.create_namespaced_config_map(namespace, config_map("till", "8"))
    changed = core.read_namespaced_config_map("till", namespace)
    changed.data["open"] = "9"
    expect("its data", core.replace_namespaced_config_map("till", namespace, changed).data, {"open": "9"})
    refused(409, "Conflict", lambda: core.replace_namespaced_config_map("till", namespace, first))
    refused(409, "AlreadyExists", lambda: core.create_namespaced_config_map(namespace, config_map("till", "8")))
    refused(404, "NotFound", lambda: core.read_namespaced_config_map("nobody", namespace))


@kept("lists by labels and fields, page by page")
def read(namespace):
    for number in range(5):
        core.create_namespaced_config_map(namespace, config_map(f"page-{number}", "8"))
    pages, token = [], None
    while token != "":
        page = core.list_namespaced_config_map(
            namespace, label_selector="shop in (north)", field_selector="metadata.name!=till", limit=2, _continue=token
        )
        pages.append(" ".join(names(page)))
        token = page.metadata._continue or ""
    expect("the pages", pages, ["page-0 page-1", "page-2 page-3", "page-4"])


@kept("watches an object's whole life")
def hear(namespace):
    since = core.list_namespaced_config_map(namespace).metadata.resource_version
    core.create_namespaced_config_map(namespace, config_map("seen", "8"))
    core.patch_namespaced_config_map("seen", namespace, {"data": {"open": "9"}})
    core.delete_namespaced_config_map("seen", namespace)
    stream = watch.Watch().stream(
        core.list_namespaced_config_map, namespace, resource_version=since, timeout_seconds=20
    )
    told = [next(stream)["type"] for _ in range(3)]
    expect("what it was told", told, ["ADDED", "MODIFIED", "DELETED"])


@kept("patches by a JSON patch, a merge patch and a strategic merge patch")
def patch(namespace):
    core.create_namespaced_config_map(namespace, config_map("patched", "8"))

    def patched(body, content_type):
        return core.patch_namespaced_config_map("patched", namespace, body, _content_type=content_type).data

    move = [{"op": "move", "from": "/data/open", "path": "/data/close"}]
    expect("what a JSON patch makes", patched(move, "application/json-patch+json"), {"close": "8"})
    merge = {"data": {"close": None, "open": "9"}}
    expect("what a merge patch makes", patched(merge, MERGE), {"open": "9"})
    strategic = {"data": {"$patch": "replace", "close": "18"}}
    expect("what a strategic merge patch makes", patched(strategic, STRATEGIC), {"close": "18"})


@kept("applies, conflicts with another manager, and forces")
def apply(namespace):
    def applied(open_at, manager, force=None):
        wanted = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "applied"}, "data": {"open": open_at}}
        return core.patch_namespaced_config_map(
            "applied", namespace, wanted, field_manager=manager, force=force, _content_type=APPLY
        )

    applied("8", "till")
    refused(409, "Conflict", lambda: applied("9", "office"))
    managers = [entry.manager for entry in applied("9", "office", force=True).metadata.managed_fields]
    expect("who manages it", managers, ["office"])


@kept("creates, applies, lists, watches and deletes with the dynamic client")
def without_types(namespace):
    roles = untyped.resources.get(api_version="rbac.authorization.k8s.io/v1", kind="Role")

    def role(verb):
        rule = {"apiGroups": [""], "resources": ["secrets"], "verbs": [verb]}
        return {"apiVersion": roles.group_version, "kind": "Role", "metadata": {"name": "reader"}, "rules": [rule]}

    made = roles.create(role("get"), namespace=namespace)
    applied = roles.server_side_apply(role("list"), namespace=namespace, field_manager="python", force_conflicts=True)
    expect("its verbs", applied.rules[0].verbs, ["list"])
    expect("the list", names(roles.get(namespace=namespace)), ["reader"])
    roles.delete("reader", namespace=namespace)
    stream = roles.watch(namespace=namespace, resource_version=made.metadata.resourceVersion, timeout=20)
    told = [next(stream)["type"] for _ in range(2)]
    expect("what it was told", told, ["MODIFIED", "DELETED"])


@kept("requests a token of an account and is that account with it")
def be_somebody(namespace):
    issued = core.create_namespaced_service_account_token("default", namespace, {"spec": {}})
    account = client.Configuration.get_default_copy()
    account.cert_file = account.key_file = None
    account.api_key = {"authorization": f"Bearer {issued.status.token}"}
    reviews = client.AuthenticationV1Api(client.ApiClient(account))
    user = reviews.create_self_subject_review({}).status.user_info
    expect("who it is", user.username, f"system:serviceaccount:{namespace}:default")


@kept("deletes an owner after what it owns, and by labels what is left")
def delete(namespace):
    owner = core.create_namespaced_config_map(namespace, config_map("owner", "8"))
    child = config_map("child", "8")
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner.metadata.uid}
    child["metadata"]["ownerReferences"] = [{**reference, "blockOwnerDeletion": True}]
    core.create_namespaced_config_map(namespace, child)
    core.delete_namespaced_config_map("owner", namespace, propagation_policy="Foreground")
    eventually(lambda: is_gone("owner", namespace))
    expect("that what it owned is gone", is_gone("child", namespace), True)
    core.delete_collection_namespaced_config_map(namespace, label_selector="shop")
    expect("what is left", names(core.list_namespaced_config_map(namespace)), ["applied", "kube-root-ca.crt"])


@kept("deletes the namespace with all that is in it")
def leave(namespace):
    core.delete_namespace(namespace)
    eventually(lambda: namespace not in names(core.list_namespace()))


try:
    mine = arrive()
    for step in (write, read, hear, patch, apply, without_types, be_somebody, delete, leave):
        step(mine)
except Broken as broken:
    sys.exit(f"failed {broken}")
