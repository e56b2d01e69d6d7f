// Command envtest is the test suite of an operator as kubebuilder sets one up: it has its own control plane started by
// controller-runtime, from the programs in KUBEBUILDER_ASSETS, with the flags that it gives a kube-apiserver. It prints a
// line for each promise that was kept.
package main

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"ensign.dev/e2e/clients/go/internal/promise"
)

func main() {
	environment := &envtest.Environment{}
	var config *rest.Config
	promise.Expect(
		promise.Promise{Name: "starts as the kube-apiserver of envtest", Kept: func(context.Context) (err error) {
			config, err = environment.Start()
			return err
		}},
		promise.Promise{Name: "serves the administrator of envtest", Kept: func(ctx context.Context) error {
			return roundTrip(ctx, config)
		}},
		promise.Promise{Name: "makes a pod without a ServiceAccount, whose plug-in is off", Kept: func(ctx context.Context) error {
			return podWithoutAccount(ctx, config)
		}},
		promise.Promise{Name: "refuses a user who has been added and may do nothing", Kept: func(ctx context.Context) error {
			return refusedUser(ctx, environment)
		}},
		promise.Promise{Name: "stops", Kept: func(context.Context) error { return environment.Stop() }},
	)
}

func roundTrip(ctx context.Context, config *rest.Config) error {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	made := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "settings"}, Data: map[string]string{"a": "b"}}
	if _, err := client.CoreV1().ConfigMaps("default").Create(ctx, made, metav1.CreateOptions{}); err != nil {
		return err
	}
	read, err := client.CoreV1().ConfigMaps("default").Get(ctx, "settings", metav1.GetOptions{})
	if err != nil {
		return err
	}
	return promise.Same("a", read.Data["a"], "b")
}

func podWithoutAccount(ctx context.Context, config *rest.Config) error {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	pod, err := client.CoreV1().Pods("default").Create(ctx, &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "web"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: "web"}}},
	}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	return promise.Same("the number of volumes", len(pod.Spec.Volumes), 0)
}

func refusedUser(ctx context.Context, environment *envtest.Environment) error {
	user, err := environment.AddUser(envtest.User{Name: "jane", Groups: []string{"dev"}}, nil)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(user.Config())
	if err != nil {
		return err
	}
	_, err = client.CoreV1().Secrets("default").List(ctx, metav1.ListOptions{})
	if !apierrors.IsForbidden(err) {
		return fmt.Errorf("the answer is %v instead of a refusal", err)
	}
	return nil
}
