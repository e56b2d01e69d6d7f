package main

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/typed/core/v1"

	"ensign.dev/e2e/clients/go/internal/promise"
)

func (c *clients) configMaps() v1.ConfigMapInterface { return c.typed.CoreV1().ConfigMaps(c.namespace) }

// configMap is one with a label to select it by.
func configMap(name string, data map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"shop": "north"}},
		Data:       data,
	}
}

func (c *clients) namespaces() []promise.Promise {
	return []promise.Promise{
		{Name: "creates a namespace with a generated name", Kept: func(ctx context.Context) error {
			asked := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "client-go-"}}
			made, err := c.typed.CoreV1().Namespaces().Create(ctx, asked, metav1.CreateOptions{})
			if err != nil {
				return err
			}
			c.namespace = made.Name
			return promise.Same("its phase", made.Status.Phase, corev1.NamespaceActive)
		}},
		{Name: "finds the account and the root certificate of a new namespace", Kept: func(ctx context.Context) error {
			return promise.Eventually(ctx, func(ctx context.Context) (bool, error) {
				_, err := c.typed.CoreV1().ServiceAccounts(c.namespace).Get(ctx, "default", metav1.GetOptions{})
				if err == nil {
					_, err = c.configMaps().Get(ctx, "kube-root-ca.crt", metav1.GetOptions{})
				}
				if apierrors.IsNotFound(err) {
					return false, nil
				}
				return err == nil, err
			})
		}},
	}
}

func (c *clients) objects() []promise.Promise {
	var first *corev1.ConfigMap
	return []promise.Promise{
		{Name: "creates an object in protobuf", Kept: func(ctx context.Context) (err error) {
			asked := configMap("till", map[string]string{"open": "8"})
			asked.BinaryData = map[string][]byte{"key": {0, 255}}
			first, err = c.configMaps().Create(ctx, asked, metav1.CreateOptions{})
			if err != nil {
				return err
			}
			if c.sent.of("sent", protobuf) == 0 || c.sent.of("got", protobuf) == 0 || c.sent.of("got", "application/json") > 0 {
				return fmt.Errorf("what went over the wire was %v", c.sent.counts)
			}
			return promise.Same("what came back", string(first.BinaryData["key"]), "\x00\xff")
		}},
		{Name: "creates nothing in a dry run", Kept: func(ctx context.Context) error {
			_, err := c.configMaps().Create(ctx, configMap("dry", nil), metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
			if err != nil {
				return err
			}
			_, err = c.configMaps().Get(ctx, "dry", metav1.GetOptions{})
			return promise.Same("that it is not found", apierrors.IsNotFound(err), true)
		}},
		{Name: "updates what it has read", Kept: func(ctx context.Context) error {
			changed := first.DeepCopy()
			changed.Data["open"] = "9"
			updated, err := c.configMaps().Update(ctx, changed, metav1.UpdateOptions{})
			if err != nil {
				return err
			}
			return promise.Same("what is stored", updated.Data["open"], "9")
		}},
		{Name: "is refused a second object of the name, a stale update, an invalid one and one that is not there", Kept: func(ctx context.Context) error {
			_, twice := c.configMaps().Create(ctx, configMap("till", nil), metav1.CreateOptions{})
			_, stale := c.configMaps().Update(ctx, first, metav1.UpdateOptions{})
			_, invalid := c.configMaps().Create(ctx, configMap("Not A Name", nil), metav1.CreateOptions{})
			_, missing := c.configMaps().Get(ctx, "nobody", metav1.GetOptions{})
			if !apierrors.IsAlreadyExists(twice) || !apierrors.IsConflict(stale) || !apierrors.IsInvalid(invalid) || !apierrors.IsNotFound(missing) {
				return fmt.Errorf("the errors were %v, %v, %v, %v", twice, stale, invalid, missing)
			}
			return nil
		}},
	}
}

func (c *clients) pages() []promise.Promise {
	return []promise.Promise{
		{Name: "lists by labels and fields, page by page", Kept: func(ctx context.Context) error {
			for i := range 5 {
				if _, err := c.configMaps().Create(ctx, configMap(fmt.Sprintf("page-%d", i), nil), metav1.CreateOptions{}); err != nil {
					return err
				}
			}
			options := metav1.ListOptions{LabelSelector: "shop in (north)", FieldSelector: "metadata.name!=till", Limit: 2}
			names := ""
			for pages := 1; ; pages++ {
				page, err := c.configMaps().List(ctx, options)
				if err != nil {
					return err
				}
				for _, item := range page.Items {
					names += item.Name + " "
				}
				if options.Continue = page.Continue; options.Continue == "" {
					return promise.Same("what three pages hold", fmt.Sprint(pages, " ", names), "3 page-0 page-1 page-2 page-3 page-4 ")
				}
			}
		}},
		{Name: "deletes a collection by its labels", Kept: func(ctx context.Context) error {
			err := c.configMaps().DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "shop"})
			if err != nil {
				return err
			}
			left, err := c.configMaps().List(ctx, metav1.ListOptions{})
			if err != nil {
				return err
			}
			return promise.Same("the number of what is left", len(left.Items), 1)
		}},
	}
}
