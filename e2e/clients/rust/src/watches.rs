//! Watching as kube-rs does it for operators: a stream that begins with what is there and outlives each connection.

use std::pin::pin;

use anyhow::{Result, bail};
use futures::TryStreamExt;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use kube::runtime::watcher::{self, Event};
use kube::runtime::{WatchStreamExt, reflector, watcher as watch};
use kube::{Api, ResourceExt};
use serde_json::json;

use crate::objects::config_map;
use crate::promise::{kept, same};

pub async fn promises(config_maps: &Api<ConfigMap>) -> Result<()> {
    let selected = watcher::Config::default().labels("shop=north");
    kept("watches an object's whole life after a list", life(config_maps, selected.clone(), "listed")).await?;
    kept("watches an object's whole life without one", life(config_maps, selected.streaming_lists(), "streamed"))
        .await?;
    kept("keeps a copy of what it watches", async {
        let (reader, writer) = reflector::store();
        let mut stream = pin!(watch(config_maps.clone(), watcher::Config::default()).reflect(writer));
        while !matches!(stream.try_next().await?, Some(Event::InitDone)) {}
        same("the number of copies", reader.state().len(), 1)
    })
    .await
}

/// Makes, changes and deletes an object, each when the watch has told of the one before.
async fn life(config_maps: &Api<ConfigMap>, options: watcher::Config, name: &str) -> Result<()> {
    let mut stream = pin!(watch(config_maps.clone(), options));
    let mut told = Vec::new();
    while let Some(event) = stream.try_next().await? {
        match event {
            Event::Init | Event::InitApply(_) => {}
            Event::InitDone => {
                config_maps.create(&PostParams::default(), &config_map(name, "8")).await?;
            }
            Event::Apply(object) => {
                told.push(object.data.unwrap_or_default()["open"].clone());
                if told.len() == 1 {
                    let patch = Patch::Merge(json!({ "data": { "open": "9" } }));
                    config_maps.patch(name, &PatchParams::default(), &patch).await?;
                } else {
                    config_maps.delete(name, &DeleteParams::default()).await?;
                }
            }
            Event::Delete(object) => {
                same("who has gone", object.name_any(), name.into())?;
                return same("what it was told before", told, vec!["8".into(), "9".into()]);
            }
        }
    }
    bail!("the watch has ended")
}
