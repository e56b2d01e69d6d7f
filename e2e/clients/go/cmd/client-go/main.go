// Command client-go does what programs with client-go do, each in one of the ways that the library has: the typed
// client over protobuf, the dynamic and the metadata client, informers, server-side apply, discovery. It is told nothing
// but KUBECONFIG, works in a namespace of its own, and prints a line for each promise that the server has kept.
package main

import (
	"os"
	"slices"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"ensign.dev/e2e/clients/go/internal/promise"
)

const protobuf = "application/vnd.kubernetes.protobuf"

// clients are all that client-go makes of one kubeconfig.
type clients struct {
	config   *rest.Config
	typed    kubernetes.Interface
	dynamic  dynamic.Interface
	metadata metadata.Interface
	// sent tells what the typed client has sent and got.
	sent *representations
	// namespace is what the program makes first.
	namespace string
}

func main() {
	c, err := connect(os.Getenv("KUBECONFIG"))
	if err != nil {
		promise.Fail("connecting: %v", err)
	}
	promise.Expect(slices.Concat(
		c.namespaces(),
		c.objects(),
		c.pages(),
		c.watches(),
		c.informers(),
		c.patches(),
		c.applies(),
		c.pods(),
		c.tokens(),
		c.untyped(),
		c.discovers(),
		c.records(),
		c.deletes(),
	)...)
}

func connect(kubeconfig string) (*clients, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	// The default of 5 requests a second is for programs that stay.
	config.QPS = -1
	c := &clients{config: config, sent: &representations{}}
	typed := rest.CopyConfig(config)
	typed.ContentType = protobuf
	typed.AcceptContentTypes = protobuf + ",application/json"
	typed.Wrap(c.sent.wrap)
	if c.typed, err = kubernetes.NewForConfig(typed); err != nil {
		return nil, err
	}
	if c.dynamic, err = dynamic.NewForConfig(config); err != nil {
		return nil, err
	}
	c.metadata, err = metadata.NewForConfig(config)
	return c, err
}
