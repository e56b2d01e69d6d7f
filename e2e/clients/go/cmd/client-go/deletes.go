package main

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"ensign.dev/e2e/clients/go/internal/promise"
)

func (c *clients) deletes() []promise.Promise {
	return []promise.Promise{
		{Name: "deletes only the object that it means", Kept: func(ctx context.Context) error {
			precondition := metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions("another")}
			err := c.configMaps().Delete(ctx, "kube-root-ca.crt", precondition)
			return promise.Same("that it conflicts", apierrors.IsConflict(err), true)
		}},
		{Name: "deletes an owner, and what it owns in the background", Kept: func(ctx context.Context) error {
			return c.deleteOwner(ctx, "background", metav1.DeletePropagationBackground)
		}},
		{Name: "deletes an owner after what it owns", Kept: func(ctx context.Context) error {
			if err := c.deleteOwner(ctx, "foreground", metav1.DeletePropagationForeground); err != nil {
				return err
			}
			return c.untilGone(ctx, "foreground")
		}},
		{Name: "deletes an owner and leaves what it owned without one", Kept: func(ctx context.Context) error {
			if err := c.makeFamily(ctx, "orphan"); err != nil {
				return err
			}
			policy := metav1.DeletePropagationOrphan
			if err := c.configMaps().Delete(ctx, "orphan", metav1.DeleteOptions{PropagationPolicy: &policy}); err != nil {
				return err
			}
			if err := c.untilGone(ctx, "orphan"); err != nil {
				return err
			}
			left, err := c.configMaps().Get(ctx, "orphan-child", metav1.GetOptions{})
			if err != nil {
				return err
			}
			return promise.Same("the number of its owners", len(left.OwnerReferences), 0)
		}},
		{Name: "deletes the namespace with all that is in it", Kept: func(ctx context.Context) error {
			namespaces := c.typed.CoreV1().Namespaces()
			if err := namespaces.Delete(ctx, c.namespace, metav1.DeleteOptions{}); err != nil {
				return err
			}
			return promise.Eventually(ctx, func(ctx context.Context) (bool, error) {
				_, err := namespaces.Get(ctx, c.namespace, metav1.GetOptions{})
				if apierrors.IsNotFound(err) {
					return true, nil
				}
				return false, err
			})
		}},
	}
}

// deleteOwner makes an owner and what it owns, and deletes the one until the other is gone.
func (c *clients) deleteOwner(ctx context.Context, name string, policy metav1.DeletionPropagation) error {
	if err := c.makeFamily(ctx, name); err != nil {
		return err
	}
	if err := c.configMaps().Delete(ctx, name, metav1.DeleteOptions{PropagationPolicy: &policy}); err != nil {
		return err
	}
	return c.untilGone(ctx, name+"-child")
}

func (c *clients) makeFamily(ctx context.Context, name string) error {
	owner, err := c.configMaps().Create(ctx, configMap(name, nil), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	child := configMap(name+"-child", nil)
	child.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(owner, corev1.SchemeGroupVersion.WithKind("ConfigMap"))}
	_, err = c.configMaps().Create(ctx, child, metav1.CreateOptions{})
	return err
}

func (c *clients) untilGone(ctx context.Context, name string) error {
	err := promise.Eventually(ctx, func(ctx context.Context) (bool, error) {
		_, err := c.configMaps().Get(ctx, name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return true, nil
		}
		return false, err
	})
	if err != nil {
		return fmt.Errorf("%s is still there: %w", name, err)
	}
	return nil
}
