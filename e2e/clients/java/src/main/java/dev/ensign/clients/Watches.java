package dev.ensign.clients;

import static dev.ensign.clients.ConfigMaps.configMap;
import static dev.ensign.clients.Promises.eventually;
import static dev.ensign.clients.Promises.kept;
import static dev.ensign.clients.Promises.same;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ConfigMapList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Hearing of an object's life, by a watch and by an informer. */
final class Watches {
  private final NonNamespaceOperation<ConfigMap, ConfigMapList, Resource<ConfigMap>> configMaps;

  Watches(KubernetesClient client, String namespace) {
    configMaps = client.configMaps().inNamespace(namespace);
  }

  void see() {
    kept("watches an object's whole life", () -> {
      List<String> told = new CopyOnWriteArrayList<>();
      try (var watch = configMaps.withLabel("shop", "north").watch(listener(told))) {
        comeAndGo("watched");
        eventually(() -> told.equals(List.of("ADDED", "MODIFIED", "DELETED")));
      }
    });
    kept("an informer tells of an object's whole life and keeps a copy", () -> {
      List<String> told = new CopyOnWriteArrayList<>();
      try (var informer = configMaps.inform(handler(told))) {
        same("what it has a copy of", informer.getIndexer().list().size(), 1);
        comeAndGo("informed");
        eventually(() -> told.equals(List.of("add", "update", "delete")));
      }
    });
  }

  private void comeAndGo(String name) {
    configMaps.resource(configMap(name, "8").build()).create();
    configMaps.withName(name).edit(object -> new ConfigMapBuilder(object).addToData("open", "9").build());
    configMaps.withName(name).delete();
  }

  private static Watcher<ConfigMap> listener(List<String> told) {
    return new Watcher<>() {
      @Override
      public void eventReceived(Action action, ConfigMap object) {
        told.add(action.name());
      }

      @Override
      public void onClose(WatcherException cause) {
        told.add("closed: " + cause.getMessage());
      }
    };
  }

  private static ResourceEventHandler<ConfigMap> handler(List<String> told) {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(ConfigMap object) {
        tell("add", object);
      }

      @Override
      public void onUpdate(ConfigMap before, ConfigMap object) {
        tell("update", object);
      }

      @Override
      public void onDelete(ConfigMap object, boolean stateUnknown) {
        tell("delete", object);
      }

      private void tell(String what, ConfigMap object) {
        if (object.getMetadata().getName().equals("informed")) {
          told.add(what);
        }
      }
    };
  }
}
