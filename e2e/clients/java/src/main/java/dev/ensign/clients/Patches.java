package dev.ensign.clients;

import static dev.ensign.clients.ConfigMaps.configMap;
import static dev.ensign.clients.Promises.kept;
import static dev.ensign.clients.Promises.refused;
import static dev.ensign.clients.Promises.same;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ConfigMapList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Map;

/** The kinds of patches, server-side apply among them. */
final class Patches {
  private final NonNamespaceOperation<ConfigMap, ConfigMapList, Resource<ConfigMap>> configMaps;

  Patches(KubernetesClient client, String namespace) {
    configMaps = client.configMaps().inNamespace(namespace);
  }

  void see() {
    configMaps.resource(configMap("patched", "8").build()).create();
    patches("patches by a JSON patch", PatchType.JSON,
      "[{\"op\":\"move\",\"from\":\"/data/open\",\"path\":\"/data/close\"}]", Map.of("close", "8"));
    patches("patches by a merge patch", PatchType.JSON_MERGE,
      "{\"data\":{\"close\":null,\"open\":\"9\"}}", Map.of("open", "9"));
    patches("patches by a strategic merge patch", PatchType.STRATEGIC_MERGE,
      "{\"data\":{\"$patch\":\"replace\",\"open\":\"10\"}}", Map.of("open", "10"));
    kept("patches by the difference between what it has and what it wants", () -> {
      var wanted = new ConfigMapBuilder(configMaps.withName("patched").get()).addToData("close", "18").build();
      same("what is stored", configMaps.resource(wanted).patch().getData(), Map.of("open", "10", "close", "18"));
    });
    kept("applies, conflicts with another manager, and forces", () -> {
      configMaps.resource(wanted("8")).fieldManager("till").serverSideApply();
      refused(() -> configMaps.resource(wanted("9")).fieldManager("office").serverSideApply(), 409, "Conflict");
      var applied = configMaps.resource(wanted("9")).fieldManager("office").forceConflicts().serverSideApply();
      same("who manages it", applied.getMetadata().getManagedFields().get(0).getManager(), "office");
    });
  }

  private void patches(String promise, PatchType type, String patch, Map<String, String> want) {
    kept(promise, () ->
      same("what is stored", configMaps.withName("patched").patch(PatchContext.of(type), patch).getData(), want));
  }

  private static ConfigMap wanted(String open) {
    return new ConfigMapBuilder().withNewMetadata().withName("applied").endMetadata().addToData("open", open).build();
  }
}
