package main

import (
	"context"
	"fmt"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/retry"

	"ensign.dev/e2e/clients/go/internal/promise"
)

func (c *clients) pods() []promise.Promise {
	pods := func() v1.PodInterface { return c.typed.CoreV1().Pods(c.namespace) }
	return []promise.Promise{
		{Name: "creates a pod, which gets its account, its volume and its defaults", Kept: func(ctx context.Context) error {
			limits := corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("0.5Gi")}
			asked := &corev1.Pod{
				ObjectMeta: metav1.ObjectMeta{Name: "till"},
				Spec: corev1.PodSpec{Containers: []corev1.Container{
					{Name: "till", Image: "till:1", Resources: corev1.ResourceRequirements{Limits: limits}},
				}},
			}
			made, err := pods().Create(ctx, asked, metav1.CreateOptions{})
			if err != nil {
				return err
			}
			request := made.Spec.Containers[0].Resources.Requests[corev1.ResourceMemory]
			got := fmt.Sprint(made.Spec.ServiceAccountName, " ", len(made.Spec.Volumes), " ", request.String(), " ", made.Status.QOSClass)
			return promise.Same("what was filled in", got, "default 1 512Mi Burstable")
		}},
		{Name: "merges lists by their keys", Kept: func(ctx context.Context) error {
			patch := `{"spec":{"containers":[{"name":"till","image":"till:2"}]}}`
			patched, err := pods().Patch(ctx, "till", types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{})
			if err != nil {
				return err
			}
			container := patched.Spec.Containers[0]
			return promise.Same("the container", fmt.Sprint(container.Image, " ", len(container.VolumeMounts)), "till:2 1")
		}},
		{Name: "binds a pod to a node", Kept: func(ctx context.Context) error {
			node := corev1.ObjectReference{Kind: "Node", Name: "north"}
			binding := &corev1.Binding{ObjectMeta: metav1.ObjectMeta{Name: "till"}, Target: node}
			if err := pods().Bind(ctx, binding, metav1.CreateOptions{}); err != nil {
				return err
			}
			bound, err := pods().Get(ctx, "till", metav1.GetOptions{})
			if err != nil {
				return err
			}
			return promise.Same("its node", bound.Spec.NodeName, "north")
		}},
		{Name: "writes a status, by update and by apply", Kept: func(ctx context.Context) error {
			err := retry.RetryOnConflict(retry.DefaultRetry, func() error {
				pod, err := pods().Get(ctx, "till", metav1.GetOptions{})
				if err != nil {
					return err
				}
				pod.Status.Phase = corev1.PodRunning
				_, err = pods().UpdateStatus(ctx, pod, metav1.UpdateOptions{})
				return err
			})
			if err != nil {
				return err
			}
			ready := applycorev1.PodCondition().WithType(corev1.PodReady).WithStatus(corev1.ConditionTrue)
			wanted := applycorev1.Pod("till", c.namespace).WithStatus(applycorev1.PodStatus().WithConditions(ready))
			pod, err := pods().ApplyStatus(ctx, wanted, metav1.ApplyOptions{FieldManager: "node"})
			if err != nil {
				return err
			}
			return promise.Same("its status", fmt.Sprint(pod.Status.Phase, " ", pod.Status.Conditions[len(pod.Status.Conditions)-1].Type), "Running Ready")
		}},
		{Name: "evicts a pod, which ends in its own time", Kept: func(ctx context.Context) error {
			if err := pods().EvictV1(ctx, &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: "till"}}); err != nil {
				return err
			}
			ending, err := pods().Get(ctx, "till", metav1.GetOptions{})
			if err != nil {
				return err
			}
			if ending.DeletionTimestamp == nil {
				return fmt.Errorf("nothing says that it ends")
			}
			now := int64(0)
			return pods().Delete(ctx, "till", metav1.DeleteOptions{GracePeriodSeconds: &now})
		}},
	}
}

func (c *clients) tokens() []promise.Promise {
	return []promise.Promise{{Name: "requests a token of an account and is that account with it", Kept: func(ctx context.Context) error {
		accounts := c.typed.CoreV1().ServiceAccounts(c.namespace)
		asked := &authenticationv1.TokenRequest{}
		issued, err := accounts.CreateToken(ctx, "default", asked, metav1.CreateOptions{})
		if err != nil {
			return err
		}
		config := rest.AnonymousClientConfig(c.config)
		config.BearerToken = issued.Status.Token
		config.ContentType = protobuf
		account, err := kubernetes.NewForConfig(config)
		if err != nil {
			return err
		}
		review := &authenticationv1.SelfSubjectReview{}
		self, err := account.AuthenticationV1().SelfSubjectReviews().Create(ctx, review, metav1.CreateOptions{})
		if err != nil {
			return err
		}
		return promise.Same("who it is", self.Status.UserInfo.Username, "system:serviceaccount:"+c.namespace+":default")
	}}}
}
