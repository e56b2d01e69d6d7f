package dev.ensign.clients;

import static dev.ensign.clients.Promises.eventually;
import static dev.ensign.clients.Promises.kept;
import static dev.ensign.clients.Promises.refused;
import static dev.ensign.clients.Promises.same;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ConfigMapList;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Creating, reading, replacing, listing and deleting, by the type and without one. */
final class ConfigMaps {
  private final KubernetesClient client;
  private final String namespace;
  private final NonNamespaceOperation<ConfigMap, ConfigMapList, Resource<ConfigMap>> configMaps;

  ConfigMaps(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
    configMaps = client.configMaps().inNamespace(namespace);
  }

  /** An object with a label to select it by. */
  static ConfigMapBuilder configMap(String name, String open) {
    return new ConfigMapBuilder().withNewMetadata().withName(name).addToLabels("shop", "north").endMetadata()
      .addToData("open", open);
  }

  void see() {
    kept("creates an object and reads it", () -> {
      configMaps.resource(configMap("till", "8").build()).create();
      same("its data", configMaps.withName("till").get().getData(), Map.of("open", "8"));
    });
    kept("replaces what it has read, and nothing newer", () -> {
      ConfigMap read = configMaps.withName("till").get();
      configMaps.withName("till").edit(object -> new ConfigMapBuilder(object).addToData("open", "9").build());
      refused(() -> configMaps.resource(read).update(), 409, "Conflict");
    });
    kept("is refused a second object of the name, an invalid one and one that is not there", () -> {
      refused(() -> configMaps.resource(configMap("till", "8").build()).create(), 409, "AlreadyExists");
      refused(() -> configMaps.resource(configMap("Not A Name", "8").build()).create(), 422, "Invalid");
      same("what is not there", configMaps.withName("nobody").get(), null);
    });
    kept("lists by labels and fields, page by page", this::list);
    kept("deletes an owner after what it owns", this::deleteFamily);
    kept("deletes by labels, until all is gone", () -> {
      configMaps.withLabel("shop").delete();
      eventually(() -> configMaps.withLabel("shop").list().getItems().isEmpty());
    });
    kept("creates, applies, lists and deletes without a type", this::untyped);
  }

  private void list() {
    for (int number = 0; number < 5; number++) {
      configMaps.resource(configMap("page-" + number, "8").build()).create();
    }
    var selected = configMaps.withLabel("shop", "north").withoutField("metadata.name", "till");
    ListOptions options = new ListOptionsBuilder().withLimit(2L).build();
    StringBuilder pages = new StringBuilder();
    do {
      ConfigMapList page = selected.list(options);
      pages.append(page.getItems().stream().map(item -> item.getMetadata().getName()).collect(Collectors.joining(" ")));
      pages.append('|');
      options.setContinue(page.getMetadata().getContinue());
    } while (options.getContinue() != null && !options.getContinue().isEmpty());
    same("the pages", pages.toString(), "page-0 page-1|page-2 page-3|page-4|");
  }

  private void deleteFamily() throws Exception {
    ConfigMap owner = configMaps.resource(configMap("owner", "8").build()).create();
    configMaps.resource(configMap("child", "8").editMetadata().addNewOwnerReference()
      .withApiVersion("v1").withKind("ConfigMap").withName("owner").withUid(owner.getMetadata().getUid())
      .withBlockOwnerDeletion(true).endOwnerReference().endMetadata().build()).create();
    configMaps.withName("owner").withPropagationPolicy(DeletionPropagation.FOREGROUND).delete();
    eventually(() -> configMaps.withName("owner").get() == null);
    same("what it owned", configMaps.withName("child").get(), null);
  }

  private void untyped() {
    var roles = client.genericKubernetesResources("rbac.authorization.k8s.io/v1", "Role").inNamespace(namespace);
    roles.resource(role("get")).create();
    GenericKubernetesResource applied = roles.resource(role("list")).forceConflicts().serverSideApply();
    same("its verb", applied.<String>get("rules", 0, "verbs", 0), "list");
    same("the length of the list", roles.list().getItems().size(), 1);
    same("the number of what is deleted", roles.withName("reader").delete().size(), 1);
  }

  private static GenericKubernetesResource role(String verb) {
    var rule = Map.of("apiGroups", List.of(""), "resources", List.of("secrets"), "verbs", List.of(verb));
    return new GenericKubernetesResourceBuilder().withApiVersion("rbac.authorization.k8s.io/v1").withKind("Role")
      .withNewMetadata().withName("reader").endMetadata().addToAdditionalProperties("rules", List.of(rule)).build();
  }
}
