//! Creating, reading, listing and deleting, by the type and without one.

use std::collections::BTreeMap;

use anyhow::Result;
use k8s_openapi::api::authentication::v1::TokenRequest;
use k8s_openapi::api::core::v1::{ConfigMap, ServiceAccount};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::api::{DeleteParams, DynamicObject, ListParams, ObjectMeta, Patch, PatchParams, PostParams, Preconditions};
use kube::core::GroupVersionKind;
use kube::discovery::{Discovery, Scope};
use kube::runtime::{conditions, wait::await_condition};
use kube::{Api, Client, Resource, ResourceExt};
use serde_json::json;

use crate::promise::{kept, refused, same};

/// An object with a label to select it by.
pub fn config_map(name: &str, open: &str) -> ConfigMap {
    let labels = BTreeMap::from([("shop".into(), "north".into())]);
    ConfigMap {
        metadata: ObjectMeta { name: Some(name.into()), labels: Some(labels), ..ObjectMeta::default() },
        data: Some(BTreeMap::from([("open".into(), open.into())])),
        ..ConfigMap::default()
    }
}

pub async fn promises(config_maps: &Api<ConfigMap>) -> Result<()> {
    let options = PostParams::default();
    let first = kept("creates an object and reads it", async {
        config_maps.create(&options, &config_map("till", "8")).await?;
        let read = config_maps.get("till").await?;
        same("its data", read.data.clone(), config_map("till", "8").data)?;
        Ok(read)
    })
    .await?;
    kept("replaces what it has read, and nothing newer", async {
        let mut changed = first.clone();
        changed.data = config_map("till", "9").data;
        config_maps.replace("till", &options, &changed).await?;
        refused(config_maps.replace("till", &options, &first).await, 409, "Conflict")
    })
    .await?;
    kept("is refused a second object of the name, an invalid one and one that is not there", async {
        refused(config_maps.create(&options, &config_map("till", "8")).await, 409, "AlreadyExists")?;
        refused(config_maps.create(&options, &config_map("Not A Name", "8")).await, 422, "Invalid")?;
        same("what is not there", config_maps.get_opt("nobody").await?, None)
    })
    .await?;
    kept("lists by labels and fields, page by page", list(config_maps)).await?;
    kept("lists and patches metadata alone", async {
        let page = config_maps.list_metadata(&ListParams::default().labels("shop=north")).await?;
        same("the number of the selected", page.items.len(), 6)?;
        let patch = Patch::Merge(json!({ "metadata": { "annotations": { "seen": "yes" } } }));
        let patched = config_maps.patch_metadata("till", &PatchParams::default(), &patch).await?;
        same("the annotation", patched.annotations().get("seen").cloned(), Some("yes".into()))
    })
    .await?;
    kept("deletes a collection by its labels", async {
        let selected = ListParams::default().labels("shop");
        config_maps.delete_collection(&DeleteParams::default(), &selected).await?;
        same("the number of what is left", config_maps.list(&selected).await?.items.len(), 0)
    })
    .await?;
    kept("deletes only the object that it means, and what it owns before it", delete_family(config_maps)).await
}

async fn list(config_maps: &Api<ConfigMap>) -> Result<()> {
    for number in 0..5 {
        config_maps.create(&PostParams::default(), &config_map(&format!("page-{number}"), "8")).await?;
    }
    let mut names = Vec::new();
    let mut options = ListParams::default().labels("shop in (north)").fields("metadata.name!=till").limit(2);
    loop {
        let page = config_maps.list(&options).await?;
        names.push(page.items.iter().map(ResourceExt::name_any).collect::<Vec<_>>().join(" "));
        match page.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => options = options.continue_token(&token),
            None => break,
        }
    }
    same("the pages", names, vec!["page-0 page-1".into(), "page-2 page-3".into(), "page-4".into()])
}

async fn delete_family(config_maps: &Api<ConfigMap>) -> Result<()> {
    let owner = config_maps.create(&PostParams::default(), &config_map("owner", "8")).await?;
    let mut child = config_map("child", "8");
    child.metadata.owner_references = owner
        .controller_owner_ref(&())
        .map(|reference| vec![OwnerReference { block_owner_deletion: Some(true), ..reference }]);
    let child = config_maps.create(&PostParams::default(), &child).await?;
    let another = Preconditions { uid: Some("another".into()), resource_version: None };
    let wrong = DeleteParams::foreground().preconditions(another);
    refused(config_maps.delete("owner", &wrong).await, 409, "Conflict")?;
    config_maps.delete("owner", &DeleteParams::foreground()).await?;
    for object in [owner, child] {
        let uid = object.uid().unwrap_or_default();
        await_condition(config_maps.clone(), &object.name_any(), conditions::is_deleted(&uid)).await?;
    }
    Ok(())
}

pub async fn untyped(client: &Client, namespace: &str) -> Result<()> {
    let role = GroupVersionKind::gvk("rbac.authorization.k8s.io", "v1", "Role");
    let roles = kept("discovers the resource of a kind", async {
        let discovery = Discovery::new(client.clone()).run_aggregated().await?;
        let (resource, capabilities) = discovery.resolve_gvk(&role).ok_or_else(|| anyhow::anyhow!("no such kind"))?;
        same("its scope", capabilities.scope, Scope::Namespaced)?;
        Ok(resource)
    })
    .await?;
    kept("creates, applies, lists and deletes without a type", async {
        let api = Api::<DynamicObject>::namespaced_with(client.clone(), namespace, &roles);
        let rules = |verb: &str| json!({ "rules": [{ "apiGroups": [""], "resources": ["secrets"], "verbs": [verb] }] });
        let asked = DynamicObject::new("reader", &roles).data(rules("get"));
        api.create(&PostParams::default(), &asked).await?;
        let wanted = DynamicObject::new("reader", &roles).data(rules("list"));
        let applied = api.patch("reader", &PatchParams::apply("kube-rs").force(), &Patch::Apply(wanted)).await?;
        same("its verb", applied.data["rules"][0]["verbs"][0].as_str(), Some("list"))?;
        same("the length of the list", api.list(&ListParams::default()).await?.items.len(), 1)?;
        api.delete("reader", &DeleteParams::default()).await?;
        Ok(())
    })
    .await
}

pub async fn of_accounts(accounts: &Api<ServiceAccount>) -> Result<()> {
    kept("requests a token of an account", async {
        let issued = accounts.create_token_request("default", &PostParams::default(), &TokenRequest::default()).await?;
        let token = issued.status.and_then(|status| status.token).unwrap_or_default();
        same("the number of the token's parts", token.split('.').count(), 3)
    })
    .await
}
