package dev.ensign.clients;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Callable;

/** What a server keeps for its clients, or not. */
final class Promises {
  /** How long one promise may take. */
  static final Duration WITHIN = Duration.ofSeconds(20);

  private Promises() {}

  /** One thing that a program has come to see; it throws why it did not. */
  interface Seen {
    void see() throws Exception;
  }

  /** Prints that the promise was kept, or fails with its name and the reason. */
  static void kept(String promise, Seen seen) {
    try {
      seen.see();
    } catch (Exception | AssertionError reason) {
      throw new AssertionError(promise + ": " + reason.getMessage(), reason);
    }
    System.out.println("ok " + promise);
  }

  /** Fails, showing both, when they differ. */
  static <T> void same(String what, T got, T want) {
    if (!Objects.equals(got, want)) {
      throw new AssertionError(what + " is " + got + " instead of " + want);
    }
  }

  /** Fails unless the request is refused with this code and reason. */
  static void refused(Callable<?> request, int code, String reason) throws Exception {
    try {
      request.call();
    } catch (KubernetesClientException refusal) {
      same("the refusal", refusal.getCode() + " " + refusal.getStatus().getReason(), code + " " + reason);
      return;
    }
    throw new AssertionError("nothing was refused instead of " + code + " " + reason);
  }

  /** Asks again until the answer is yes, and gives up when no promise may take longer. */
  static void eventually(Callable<Boolean> ask) throws Exception {
    Instant deadline = Instant.now().plus(WITHIN);
    while (!ask.call()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("still not after " + WITHIN.toSeconds() + " s");
      }
      Thread.sleep(20);
    }
  }
}
