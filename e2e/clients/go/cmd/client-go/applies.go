package main

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"ensign.dev/e2e/clients/go/internal/promise"
)

func (c *clients) applies() []promise.Promise {
	wanted := func(open string) *applycorev1.ConfigMapApplyConfiguration {
		return applycorev1.ConfigMap("applied", c.namespace).WithData(map[string]string{"open": open})
	}
	apply := func(ctx context.Context, manager string, force bool, what *applycorev1.ConfigMapApplyConfiguration) error {
		_, err := c.configMaps().Apply(ctx, what, metav1.ApplyOptions{FieldManager: manager, Force: force})
		return err
	}
	return []promise.Promise{
		{Name: "applies a configuration and extracts it again", Kept: func(ctx context.Context) error {
			if err := apply(ctx, "till", false, wanted("8")); err != nil {
				return err
			}
			live, err := c.configMaps().Get(ctx, "applied", metav1.GetOptions{})
			if err != nil {
				return err
			}
			extracted, err := applycorev1.ExtractConfigMap(live, "till")
			if err != nil {
				return err
			}
			return promise.Same("what it owns", fmt.Sprint(extracted.Data), "map[open:8]")
		}},
		{Name: "a second manager conflicts, unless it forces", Kept: func(ctx context.Context) error {
			err := apply(ctx, "office", false, wanted("9"))
			if !apierrors.IsConflict(err) || !apierrors.HasStatusCause(err, metav1.CauseTypeFieldManagerConflict) {
				return fmt.Errorf("the error was %v", err)
			}
			return apply(ctx, "office", true, wanted("9"))
		}},
		{Name: "what a manager no longer applies goes when nobody else owns it", Kept: func(ctx context.Context) error {
			if err := apply(ctx, "office", false, applycorev1.ConfigMap("applied", c.namespace)); err != nil {
				return err
			}
			live, err := c.configMaps().Get(ctx, "applied", metav1.GetOptions{})
			if err != nil {
				return err
			}
			return promise.Same("the number of its data", len(live.Data), 0)
		}},
	}
}
