package main

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"

	"ensign.dev/e2e/clients/go/internal/promise"
)

var roles = schema.GroupVersionResource{Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "roles"}

// role is one that nothing was compiled for.
func role(name, verb string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "rbac.authorization.k8s.io/v1",
		"kind":       "Role",
		"metadata":   map[string]any{"name": name, "labels": map[string]any{"shop": "north"}},
		"rules": []any{map[string]any{
			"apiGroups": []any{""}, "resources": []any{"secrets"}, "verbs": []any{verb},
		}},
	}}
}

// untyped are the promises of the clients that know no kinds: the dynamic one and the one of metadata alone.
func (c *clients) untyped() []promise.Promise {
	return []promise.Promise{
		{Name: "the dynamic client creates, applies, lists, watches and deletes", Kept: func(ctx context.Context) error {
			client := c.dynamic.Resource(roles).Namespace(c.namespace)
			made, err := client.Create(ctx, role("reader", "get"), metav1.CreateOptions{})
			if err != nil {
				return err
			}
			watcher, err := client.Watch(ctx, metav1.ListOptions{ResourceVersion: made.GetResourceVersion()})
			if err != nil {
				return err
			}
			defer watcher.Stop()
			applied, err := client.Apply(ctx, "reader", role("reader", "list"), metav1.ApplyOptions{FieldManager: "dynamic", Force: true})
			if err != nil {
				return err
			}
			rules, _, err := unstructured.NestedSlice(applied.Object, "rules")
			if err != nil {
				return err
			}
			if err := promise.Same("its rules", fmt.Sprint(rules), "[map[apiGroups:[] resources:[secrets] verbs:[list]]]"); err != nil {
				return err
			}
			list, err := client.List(ctx, metav1.ListOptions{LabelSelector: "shop=north"})
			if err != nil {
				return err
			}
			if err := promise.Same("the length of the list", len(list.Items), 1); err != nil {
				return err
			}
			if err := client.Delete(ctx, "reader", metav1.DeleteOptions{}); err != nil {
				return err
			}
			for _, want := range []watch.EventType{watch.Modified, watch.Deleted} {
				if err := promise.Same("the event", (<-watcher.ResultChan()).Type, want); err != nil {
					return err
				}
			}
			return nil
		}},
		{Name: "the metadata client lists, watches, patches and deletes without reading the rest", Kept: func(ctx context.Context) error {
			if _, err := c.configMaps().Create(ctx, configMap("named", map[string]string{"open": "8"}), metav1.CreateOptions{}); err != nil {
				return err
			}
			client := c.metadata.Resource(schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}).Namespace(c.namespace)
			list, err := client.List(ctx, metav1.ListOptions{LabelSelector: "shop"})
			if err != nil {
				return err
			}
			if err := promise.Same("the length of the list", len(list.Items), 1); err != nil {
				return err
			}
			watcher, err := client.Watch(ctx, metav1.ListOptions{ResourceVersion: list.ResourceVersion})
			if err != nil {
				return err
			}
			defer watcher.Stop()
			patch := []byte(`{"metadata":{"annotations":{"open":"9"}}}`)
			patched, err := client.Patch(ctx, "named", types.MergePatchType, patch, metav1.PatchOptions{})
			if err != nil {
				return err
			}
			event := (<-watcher.ResultChan()).Object.(*metav1.PartialObjectMetadata)
			got := fmt.Sprint(event.Annotations, " ", event.ResourceVersion == patched.ResourceVersion)
			if err := promise.Same("the event", got, "map[open:9] true"); err != nil {
				return err
			}
			return client.Delete(ctx, "named", metav1.DeleteOptions{})
		}},
	}
}
