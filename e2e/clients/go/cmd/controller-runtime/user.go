package main

import (
	"context"
	"fmt"
	"slices"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"ensign.dev/e2e/clients/go/internal/promise"
)

// user makes pods and looks at what becomes of them.
type user struct {
	client.Client
	namespace string
}

func (u *user) key(name string) client.ObjectKey {
	return client.ObjectKey{Namespace: u.namespace, Name: name}
}

func (u *user) till() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "till", Namespace: u.namespace, Labels: map[string]string{shopLabel: "north"}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "till", Image: "till:1"}}},
	}
}

func (u *user) arrives() promise.Promise {
	return promise.Promise{Name: "creates a namespace", Kept: func(ctx context.Context) error {
		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "controller-runtime-"}}
		if err := u.Create(ctx, namespace); err != nil {
			return err
		}
		u.namespace = namespace.Name
		// Pods are refused until it is there.
		return u.until(ctx, "default", &corev1.ServiceAccount{}, func() bool { return true })
	}}
}

// sees are the promises of the operator.
func (u *user) sees(manager ctrl.Manager) []promise.Promise {
	pod, account := &corev1.Pod{}, &corev1.ServiceAccount{}
	return []promise.Promise{
		{Name: "becomes the leader by a lease", Kept: func(ctx context.Context) error {
			select {
			case <-manager.Elected():
			case <-ctx.Done():
				return ctx.Err()
			}
			lease := &coordinationv1.Lease{}
			return u.until(ctx, leaseName, lease, func() bool { return lease.Spec.HolderIdentity != nil })
		}},
		{Name: "reconciles a new pod: a finalizer and a status", Kept: func(ctx context.Context) error {
			if err := u.Create(ctx, u.till()); err != nil {
				return err
			}
			return u.until(ctx, "till", pod, func() bool {
				open := slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool { return c.Type == openCondition })
				return open && controllerutil.ContainsFinalizer(pod, finalizer)
			})
		}},
		{Name: "makes what the pod owns, and makes it again when somebody deletes it", Kept: func(ctx context.Context) error {
			owned := func() bool { return metav1.IsControlledBy(account, pod) }
			if err := u.until(ctx, "till", account, owned); err != nil {
				return err
			}
			first := account.UID
			if err := u.Delete(ctx, account); err != nil {
				return err
			}
			return u.until(ctx, "till", account, func() bool { return owned() && account.UID != first })
		}},
		{Name: "mends what somebody has changed by server-side apply", Kept: func(ctx context.Context) error {
			changed := applycorev1.ServiceAccount("till", u.namespace).WithLabels(map[string]string{shopLabel: "south"})
			if err := u.Apply(ctx, changed, client.FieldOwner("user"), client.ForceOwnership); err != nil {
				return err
			}
			return u.until(ctx, "till", account, func() bool { return account.Labels[shopLabel] == "north" })
		}},
		{Name: "the cached client has what was selected, and nothing else", Kept: func(ctx context.Context) error {
			other := u.till()
			other.Name, other.Labels = "other", nil
			if err := u.Create(ctx, other); err != nil {
				return err
			}
			pods := &corev1.PodList{}
			if err := manager.GetClient().List(ctx, pods, client.InNamespace(u.namespace)); err != nil {
				return err
			}
			return promise.Same("the number of pods in the cache", len(pods.Items), 1)
		}},
		{Name: "a deleted pod stays until the finalizer has done its work, and takes what it owns along", Kept: func(ctx context.Context) error {
			ledger := &corev1.ConfigMap{}
			if err := u.Get(ctx, u.key("till"+ledgerSuffix), ledger); err != nil {
				return err
			}
			if err := u.Delete(ctx, pod); err != nil {
				return err
			}
			for _, object := range []client.Object{ledger, pod, account} {
				if err := u.untilGone(ctx, object); err != nil {
					return err
				}
			}
			return nil
		}},
	}
}

func (u *user) findsNoLeader(ctx context.Context) error {
	lease := &coordinationv1.Lease{}
	return u.until(ctx, leaseName, lease, func() bool { return *lease.Spec.HolderIdentity == "" })
}

func (u *user) leaves() promise.Promise {
	return promise.Promise{Name: "deletes the namespace", Kept: func(ctx context.Context) error {
		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: u.namespace}}
		if err := u.Delete(ctx, namespace, client.PropagationPolicy(metav1.DeletePropagationForeground)); err != nil {
			return err
		}
		return u.untilGone(ctx, namespace)
	}}
}

// until reads the object again until it is there and as it should be.
func (u *user) until(ctx context.Context, name string, object client.Object, holds func() bool) error {
	err := promise.Eventually(ctx, func(ctx context.Context) (bool, error) {
		err := u.Get(ctx, u.key(name), object)
		return err == nil && holds(), client.IgnoreNotFound(err)
	})
	if err != nil {
		return fmt.Errorf("%s stayed as %v: %w", name, object, err)
	}
	return nil
}

func (u *user) untilGone(ctx context.Context, object client.Object) error {
	key := client.ObjectKeyFromObject(object)
	err := promise.Eventually(ctx, func(ctx context.Context) (bool, error) {
		err := u.Get(ctx, key, object)
		return apierrors.IsNotFound(err), client.IgnoreNotFound(err)
	})
	if err != nil {
		return fmt.Errorf("%v is still there, as %v: %w", key, object, err)
	}
	return nil
}
