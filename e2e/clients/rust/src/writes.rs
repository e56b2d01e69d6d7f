//! The kinds of patches, server-side apply among them.

use std::fmt::Debug;

use anyhow::Result;
use k8s_openapi::api::core::v1::{ConfigMap, Pod};
use kube::api::{EvictParams, Patch, PatchParams, PostParams};
use kube::{Api, Client};
use serde::Serialize;
use serde_json::{from_value, json};

use crate::objects::config_map;
use crate::promise::{kept, refused, same};

pub async fn promises(config_maps: &Api<ConfigMap>) -> Result<()> {
    config_maps.create(&PostParams::default(), &config_map("patched", "8")).await?;
    kept("patches by a merge patch", async {
        let patch = Patch::Merge(json!({ "data": { "open": null, "close": "18" } }));
        patched(config_maps, patch, json!({ "close": "18" })).await
    })
    .await?;
    kept("patches by a strategic merge patch", async {
        let patch = Patch::Strategic(json!({ "data": { "$patch": "replace", "open": "9" } }));
        patched(config_maps, patch, json!({ "open": "9" })).await
    })
    .await?;
    kept("applies, conflicts with another manager, and forces", async {
        let wanted = |open: &str| {
            let mut object = config_map("applied", open);
            object.metadata.labels = None;
            Patch::Apply(object)
        };
        let (till, office) = (PatchParams::apply("till"), PatchParams::apply("office"));
        config_maps.patch("applied", &till, &wanted("8")).await?;
        refused(config_maps.patch("applied", &office, &wanted("9")).await, 409, "Conflict")?;
        let applied = config_maps.patch("applied", &office.force(), &wanted("9")).await?;
        let managers = applied.metadata.managed_fields.unwrap_or_default();
        let names = managers.into_iter().filter_map(|entry| entry.manager).collect::<Vec<_>>();
        same("who manages it", names, vec!["office".into()])
    })
    .await
}

async fn patched<P: Serialize + Debug>(api: &Api<ConfigMap>, patch: Patch<P>, want: serde_json::Value) -> Result<()> {
    let answer = api.patch("patched", &PatchParams::default(), &patch).await?;
    same("what is stored", json!(answer.data), want)
}

pub async fn of_pods(client: &Client, namespace: &str) -> Result<()> {
    let pods = Api::<Pod>::namespaced(client.clone(), namespace);
    kept("creates a pod and merges its lists by their keys", async {
        let asked = from_value(json!({
            "metadata": { "name": "till" },
            "spec": { "containers": [{ "name": "till", "image": "till:1" }] },
        }))?;
        pods.create(&PostParams::default(), &asked).await?;
        let patch = Patch::Strategic(json!({ "spec": { "containers": [{ "name": "till", "image": "till:2" }] } }));
        let spec = pods.patch("till", &PatchParams::default(), &patch).await?.spec.unwrap_or_default();
        let mounts = spec.containers[0].volume_mounts.as_ref().map_or(0, Vec::len);
        same(
            "the container",
            (spec.containers.len(), spec.containers[0].image.as_deref(), mounts),
            (1, Some("till:2"), 1),
        )
    })
    .await?;
    kept("patches a status by apply", async {
        let condition = json!({ "type": "ensign.dev/Open", "status": "True" });
        let wanted =
            Patch::Apply(json!({ "apiVersion": "v1", "kind": "Pod", "status": { "conditions": [condition] } }));
        let status = pods.patch_status("till", &PatchParams::apply("shop"), &wanted).await?.status.unwrap_or_default();
        same("the number of conditions", status.conditions.map_or(0, |conditions| conditions.len()), 1)
    })
    .await?;
    kept("evicts a pod, which no node has to end first", async {
        pods.evict("till", &EvictParams::default()).await?;
        same("what is left", pods.get_opt("till").await?, None)
    })
    .await
}
