package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"

	"ensign.dev/e2e/clients/go/internal/promise"
)

func (c *clients) watches() []promise.Promise {
	return []promise.Promise{
		{Name: "watches from a list on until the object is gone", Kept: func(ctx context.Context) error {
			list, err := c.configMaps().List(ctx, metav1.ListOptions{})
			if err != nil {
				return err
			}
			watcher, err := c.configMaps().Watch(ctx, metav1.ListOptions{ResourceVersion: list.ResourceVersion})
			if err != nil {
				return err
			}
			defer watcher.Stop()
			if err := c.comeAndGo(ctx, "seen"); err != nil {
				return err
			}
			var told []watch.EventType
			for event := range watcher.ResultChan() {
				told = append(told, event.Type)
				if event.Type == watch.Deleted || event.Type == watch.Error {
					break
				}
			}
			return promise.Same("what it was told", fmt.Sprint(told), "[ADDED MODIFIED DELETED]")
		}},
		{Name: "gets what is there and the bookmark that ends it from a watch alone", Kept: func(ctx context.Context) error {
			sendInitialEvents := true
			watcher, err := c.configMaps().Watch(ctx, metav1.ListOptions{
				AllowWatchBookmarks:  true,
				SendInitialEvents:    &sendInitialEvents,
				ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan,
			})
			if err != nil {
				return err
			}
			defer watcher.Stop()
			for event := range watcher.ResultChan() {
				if event.Type != watch.Bookmark {
					continue
				}
				object := event.Object.(*corev1.ConfigMap)
				return promise.Same("the bookmark's annotation", object.Annotations[metav1.InitialEventsAnnotationKey], "true")
			}
			return fmt.Errorf("the watch ended without a bookmark")
		}},
	}
}

// comeAndGo creates, changes and deletes an object.
func (c *clients) comeAndGo(ctx context.Context, name string) error {
	made, err := c.configMaps().Create(ctx, configMap(name, map[string]string{"open": "8"}), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	made.Data["open"] = "9"
	if _, err = c.configMaps().Update(ctx, made, metav1.UpdateOptions{}); err != nil {
		return err
	}
	return c.configMaps().Delete(ctx, name, metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(made.UID))})
}

func (c *clients) informers() []promise.Promise {
	return []promise.Promise{{Name: "a shared informer tells of an object's whole life and keeps a copy", Kept: func(ctx context.Context) error {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		factory := informers.NewSharedInformerFactoryWithOptions(c.typed, time.Minute, informers.WithNamespace(c.namespace))
		defer factory.Shutdown()
		// Before the factory waits for what it has started.
		defer cancel()
		var mutex sync.Mutex
		var told []string
		tell := func(what string, object any) {
			if object, ok := object.(*corev1.ConfigMap); ok && object.Name == "informed" {
				mutex.Lock()
				defer mutex.Unlock()
				told = append(told, what)
			}
		}
		configMaps := factory.Core().V1().ConfigMaps()
		registration, err := configMaps.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc:    func(object any) { tell("add", object) },
			UpdateFunc: func(_, object any) { tell("update", object) },
			DeleteFunc: func(object any) { tell("delete", object) },
		})
		if err != nil {
			return err
		}
		factory.Start(ctx.Done())
		if !cache.WaitForCacheSync(ctx.Done(), registration.HasSynced) {
			return fmt.Errorf("it never had everything")
		}
		if _, err := configMaps.Lister().ConfigMaps(c.namespace).Get("kube-root-ca.crt"); err != nil {
			return err
		}
		if err := c.comeAndGo(ctx, "informed"); err != nil {
			return err
		}
		want := []string{"add", "update", "delete"}
		err = promise.Eventually(ctx, func(context.Context) (bool, error) {
			mutex.Lock()
			defer mutex.Unlock()
			return slices.Equal(told, want), nil
		})
		if err != nil {
			return fmt.Errorf("it told %v: %w", told, err)
		}
		left, err := configMaps.Lister().List(labels.SelectorFromSet(labels.Set{"shop": "north"}))
		if err != nil {
			return err
		}
		return promise.Same("what its copy has of the selected", len(left), 0)
	}}}
}

func (c *clients) patches() []promise.Promise {
	patch := func(name string, kind types.PatchType, body string, want map[string]string) promise.Promise {
		return promise.Promise{Name: name, Kept: func(ctx context.Context) error {
			patched, err := c.configMaps().Patch(ctx, "patched", kind, []byte(body), metav1.PatchOptions{FieldManager: "patcher"})
			if err != nil {
				return err
			}
			return promise.Same("what is stored", fmt.Sprint(patched.Data), fmt.Sprint(want))
		}}
	}
	return []promise.Promise{
		patch("patches by apply, which creates", types.ApplyYAMLPatchType,
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: patched}\ndata: {a: '1', b: '1'}\n", map[string]string{"a": "1", "b": "1"}),
		patch("patches by a JSON patch", types.JSONPatchType,
			`[{"op":"test","path":"/data/a","value":"1"},{"op":"move","from":"/data/a","path":"/data/c"}]`, map[string]string{"b": "1", "c": "1"}),
		patch("patches by a merge patch", types.MergePatchType, `{"data":{"c":null,"d":"2"}}`, map[string]string{"b": "1", "d": "2"}),
		patch("patches by a strategic merge patch", types.StrategicMergePatchType,
			`{"data":{"$patch":"replace","e":"3"}}`, map[string]string{"e": "3"}),
	}
}
