// Command controller-runtime is an operator as one writes it with controller-runtime: a manager with leader election and
// a cached client, whose reconciler keeps an account for every pod of a shop, reports on the pod's status, and cleans up
// by a finalizer. It is told nothing but KUBECONFIG, works in a namespace of its own, plays its own user, and prints a
// line for each promise that the server has kept.
package main

import (
	"context"
	"errors"
	"os"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"ensign.dev/e2e/clients/go/internal/promise"
)

func main() {
	log.SetLogger(zap.New(zap.WriteTo(os.Stderr)))
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		promise.Fail("reading KUBECONFIG: %v", err)
	}
	config.QPS = -1
	// As a person at a terminal: each read asks the server.
	direct, err := client.New(config, client.Options{})
	if err != nil {
		promise.Fail("connecting: %v", err)
	}
	user := &user{Client: direct}
	promise.Expect(user.arrives())

	ctx, stop := context.WithCancel(context.Background())
	manager, err := newManager(config, user.namespace)
	if err != nil {
		promise.Fail("making a manager: %v", err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- manager.Start(ctx) }()
	promise.Expect(user.sees(manager)...)
	stop()
	promise.Expect(promise.Promise{Name: "stops in order and gives its lease back", Kept: func(ctx context.Context) error {
		return errors.Join(<-stopped, user.findsNoLeader(ctx))
	}})
	promise.Expect(user.leaves())
}

func newManager(config *rest.Config, namespace string) (ctrl.Manager, error) {
	manager, err := ctrl.NewManager(config, ctrl.Options{
		LeaderElection:                true,
		LeaderElectionID:              leaseName,
		LeaderElectionNamespace:       namespace,
		LeaderElectionReleaseOnCancel: true,
		Metrics:                       metricsserver.Options{BindAddress: "0"},
		Cache: cache.Options{
			DefaultNamespaces: map[string]cache.Config{namespace: {}},
			// Of pods, none but those of a shop.
			ByObject: map[client.Object]cache.ByObject{
				&corev1.Pod{}: {Label: labels.SelectorFromSet(labels.Set{shopLabel: "north"})},
			},
		},
	})
	if err != nil {
		return nil, err
	}
	return manager, (&shopReconciler{Client: manager.GetClient(), scheme: manager.GetScheme()}).setUp(manager)
}
