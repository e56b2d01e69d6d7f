package dev.ensign.clients;

import static dev.ensign.clients.Promises.WITHIN;
import static dev.ensign.clients.Promises.kept;
import static dev.ensign.clients.Promises.same;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Pods: what is filled in, their status, waiting for them, and their end. */
final class Pods {
  private final KubernetesClient client;
  private final String namespace;

  Pods(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  void see() {
    PodResource pod = client.pods().inNamespace(namespace).withName("till");
    kept("creates a pod, which gets its account and its volume", () -> {
      Pod made = client.pods().inNamespace(namespace).resource(new PodBuilder()
        .withNewMetadata().withName("till").endMetadata()
        .withNewSpec().addNewContainer().withName("till").withImage("till:1").endContainer().endSpec()
        .build()).create();
      same("its account", made.getSpec().getServiceAccountName(), "default");
      same("the number of its volumes", made.getSpec().getVolumes().size(), 1);
    });
    kept("edits a status, and waits until the pod is ready", () -> {
      pod.editStatus(read -> new PodBuilder(read).editOrNewStatus().withPhase("Running")
        .addNewCondition().withType("Ready").withStatus("True").endCondition().endStatus().build());
      same("its phase", pod.waitUntilReady(WITHIN.toSeconds(), TimeUnit.SECONDS).getStatus().getPhase(), "Running");
    });
    kept("evicts a pod, which no node has to end first", () -> {
      same("that it was evicted", pod.evict(), true);
      pod.waitUntilCondition(Objects::isNull, WITHIN.toSeconds(), TimeUnit.SECONDS);
    });
  }
}
