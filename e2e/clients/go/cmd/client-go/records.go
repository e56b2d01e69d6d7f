package main

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/events"

	"ensign.dev/e2e/clients/go/internal/promise"
)

// records are the promises of the recorder of events, which client-go's controllers tell what they do with.
func (c *clients) records() []promise.Promise {
	return []promise.Promise{{Name: "records an event, which both of its groups show", Kept: func(ctx context.Context) error {
		broadcaster := events.NewBroadcaster(&events.EventSinkImpl{Interface: c.typed.EventsV1()})
		defer broadcaster.Shutdown()
		if err := broadcaster.StartRecordingToSinkWithContext(ctx); err != nil {
			return err
		}
		about, err := c.configMaps().Get(ctx, "kube-root-ca.crt", metav1.GetOptions{})
		if err != nil {
			return err
		}
		recorder := broadcaster.NewRecorder(scheme.Scheme, "client-go")
		recorder.Eventf(about, nil, corev1.EventTypeNormal, "Opened", "Opening", "open at %d", 8)
		selected := metav1.ListOptions{FieldSelector: "reason=Opened"}
		var newer *eventsv1.EventList
		err = promise.Eventually(ctx, func(ctx context.Context) (bool, error) {
			newer, err = c.typed.EventsV1().Events(c.namespace).List(ctx, selected)
			return err == nil && len(newer.Items) == 1, err
		})
		if err != nil {
			return err
		}
		older, err := c.typed.CoreV1().Events(c.namespace).List(ctx, selected)
		if err != nil {
			return err
		}
		return promise.Same("its text", newer.Items[0].Note+older.Items[0].Message, "open at 8open at 8")
	}}}
}
