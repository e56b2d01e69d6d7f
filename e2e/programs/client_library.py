"""What a controller does, with the Python client library: lists, watches, creates and deletes ServiceAccounts. Argument:
a namespace. Each step waits until the watch has told of the one before. Prints one line of JSON. The plane is the one
that KUBECONFIG names."""
import json
import sys

from kubernetes import client, config, watch

(namespace,) = sys.argv[1:]
config.load_kube_config()
api = client.CoreV1Api()


def names(accounts):
    return [account.metadata.name for account in accounts.items]


first = api.list_namespaced_service_account(namespace)
heard = [f"add {name}" for name in names(first)]
after = []
verbs = {"ADDED": "add", "MODIFIED": "update", "DELETED": "delete"}
api.create_namespaced_service_account(namespace, {"metadata": {"name": "till"}})
events = watch.Watch()
for event in events.stream(
    api.list_namespaced_service_account,
    namespace,
    resource_version=first.metadata.resource_version,
    timeout_seconds=20,
):
    account = event["object"]
    verb = verbs[event["type"]]
    heard.append(f"{verb} {account.metadata.name}")
    if verb == "add":
        account.metadata.labels = {"shop": "north"}
        api.replace_namespaced_service_account("till", namespace, account)
    elif verb == "update":
        after = names(api.list_namespaced_service_account(namespace))
        api.delete_namespaced_service_account("till", namespace)
    else:
        events.stop()
print(json.dumps({"before": names(first), "after": after, "heard": heard}))
