package main

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
)

const (
	shopLabel     = "shop"
	finalizer     = "ensign.dev/till"
	openCondition = corev1.PodConditionType("ensign.dev/Open")
	leaseName     = "shop-operator"
	// ledgerSuffix names the object outside of what the garbage collector knows, for which the finalizer stands.
	ledgerSuffix = "-ledger"
)

// shopReconciler gives each pod of a shop an account that the pod owns and a ledger that nobody owns, and says so in the
// pod's status.
type shopReconciler struct {
	client.Client
	scheme *runtime.Scheme
}

func (r *shopReconciler) setUp(manager ctrl.Manager) error {
	// A pod's status changes often, and mostly by this reconciler.
	changed := predicate.Or(predicate.GenerationChangedPredicate{}, predicate.LabelChangedPredicate{})
	return ctrl.NewControllerManagedBy(manager).
		For(&corev1.Pod{}, builder.WithPredicates(changed)).
		Owns(&corev1.ServiceAccount{}).
		Complete(r)
}

func (r *shopReconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	pod := &corev1.Pod{}
	if err := r.Get(ctx, request.NamespacedName, pod); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if !pod.DeletionTimestamp.IsZero() {
		return ctrl.Result{}, r.cleanUp(ctx, pod)
	}
	before := pod.DeepCopy()
	if controllerutil.AddFinalizer(pod, finalizer) {
		if err := r.Patch(ctx, pod, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})); err != nil {
			return ctrl.Result{}, err
		}
	}
	if err := r.keepAccount(ctx, pod); err != nil {
		return ctrl.Result{}, err
	}
	if err := r.Create(ctx, ledgerOf(pod)); client.IgnoreAlreadyExists(err) != nil {
		return ctrl.Result{}, err
	}
	return ctrl.Result{}, r.report(ctx, pod)
}

// keepAccount makes the account of the pod, or what somebody has made of it, as it should be.
func (r *shopReconciler) keepAccount(ctx context.Context, pod *corev1.Pod) error {
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: pod.Name, Namespace: pod.Namespace}}
	_, err := controllerutil.CreateOrUpdate(ctx, r.Client, account, func() error {
		account.Labels = pod.Labels
		return controllerutil.SetControllerReference(pod, account, r.scheme)
	})
	return err
}

// report adds a condition to those that others write.
func (r *shopReconciler) report(ctx context.Context, pod *corev1.Pod) error {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == openCondition {
			return nil
		}
	}
	before := pod.DeepCopy()
	pod.Status.Conditions = append(pod.Status.Conditions, corev1.PodCondition{
		Type: openCondition, Status: corev1.ConditionTrue, Reason: "AccountMade", LastTransitionTime: metav1.Now(),
	})
	return r.Status().Patch(ctx, pod, client.StrategicMergeFrom(before))
}

func (r *shopReconciler) cleanUp(ctx context.Context, pod *corev1.Pod) error {
	if err := r.Delete(ctx, ledgerOf(pod)); client.IgnoreNotFound(err) != nil {
		return err
	}
	before := pod.DeepCopy()
	if !controllerutil.RemoveFinalizer(pod, finalizer) {
		return nil
	}
	return client.IgnoreNotFound(r.Patch(ctx, pod, client.MergeFrom(before)))
}

func ledgerOf(pod *corev1.Pod) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: pod.Name + ledgerSuffix, Namespace: pod.Namespace}}
}
