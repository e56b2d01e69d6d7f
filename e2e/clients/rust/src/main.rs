//! What programs with kube-rs do: typed, dynamic and metadata clients, watchers, every kind of patch, deletion. It is told
//! nothing but KUBECONFIG, works in a namespace of its own, and prints a line for each promise that the server has kept.

mod objects;
mod promise;
mod watches;
mod writes;

use std::process::ExitCode;

use anyhow::Result;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, ServiceAccount};
use kube::api::{DeleteParams, ObjectMeta, PostParams};
use kube::runtime::{conditions, wait::await_condition};
use kube::{Api, Client, ResourceExt};

use promise::kept;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("failed {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let client = Client::try_default().await?;
    let namespaces = Api::<Namespace>::all(client.clone());
    let namespace = kept("creates a namespace with a generated name", create_namespace(&namespaces)).await?;
    let accounts = Api::<ServiceAccount>::namespaced(client.clone(), &namespace);
    kept("waits for the account of a new namespace", async {
        let there = |account: Option<&ServiceAccount>| account.is_some();
        Ok(await_condition(accounts.clone(), "default", there).await?)
    })
    .await?;

    let config_maps = Api::<ConfigMap>::namespaced(client.clone(), &namespace);
    objects::promises(&config_maps).await?;
    watches::promises(&config_maps).await?;
    writes::promises(&config_maps).await?;
    writes::of_pods(&client, &namespace).await?;
    objects::untyped(&client, &namespace).await?;
    objects::of_accounts(&accounts).await?;

    kept("deletes the namespace with all that is in it", async {
        let uid = namespaces.get(&namespace).await?.uid().unwrap_or_default();
        namespaces.delete(&namespace, &DeleteParams::default()).await?;
        await_condition(namespaces.clone(), &namespace, conditions::is_deleted(&uid)).await?;
        Ok(())
    })
    .await
}

async fn create_namespace(namespaces: &Api<Namespace>) -> Result<String> {
    let metadata = ObjectMeta { generate_name: Some("kube-rs-".into()), ..ObjectMeta::default() };
    let asked = Namespace { metadata, ..Namespace::default() };
    Ok(namespaces.create(&PostParams::default(), &asked).await?.name_any())
}
