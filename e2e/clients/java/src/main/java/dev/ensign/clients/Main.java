package dev.ensign.clients;

import static dev.ensign.clients.Promises.WITHIN;
import static dev.ensign.clients.Promises.kept;
import static dev.ensign.clients.Promises.same;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * What programs with the fabric8 client do: typed and generic resources, informers and watches, every kind of patch,
 * server-side apply, deletion. It is told nothing but KUBECONFIG, works in a namespace of its own, and prints a line for
 * each promise that the server has kept.
 */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    try (KubernetesClient client = new KubernetesClientBuilder().build()) {
      String namespace = arrive(client);
      new ConfigMaps(client, namespace).see();
      new Watches(client, namespace).see();
      new Patches(client, namespace).see();
      new Pods(client, namespace).see();
      token(client, namespace);
      leave(client, namespace);
    } catch (AssertionError reason) {
      System.err.println("failed " + reason.getMessage());
      System.exit(1);
    }
  }

  private static String arrive(KubernetesClient client) {
    String[] name = new String[1];
    kept("creates a namespace with a generated name", () -> {
      var asked = new NamespaceBuilder().withNewMetadata().withGenerateName("fabric8-").endMetadata().build();
      name[0] = client.namespaces().resource(asked).create().getMetadata().getName();
    });
    kept("waits for the account of a new namespace", () ->
      client.serviceAccounts().inNamespace(name[0]).withName("default")
        .waitUntilCondition(Objects::nonNull, WITHIN.toSeconds(), TimeUnit.SECONDS));
    return name[0];
  }

  private static void token(KubernetesClient client, String namespace) {
    kept("requests a token of an account", () -> {
      var account = client.serviceAccounts().inNamespace(namespace).withName("default");
      String token = account.tokenRequest(new TokenRequest()).getStatus().getToken();
      same("the number of the token's parts", token.split("\\.").length, 3);
    });
  }

  private static void leave(KubernetesClient client, String namespace) {
    kept("deletes the namespace with all that is in it", () -> {
      var mine = client.namespaces().withName(namespace);
      mine.delete();
      mine.waitUntilCondition(Objects::isNull, WITHIN.toSeconds(), TimeUnit.SECONDS);
    });
  }
}
