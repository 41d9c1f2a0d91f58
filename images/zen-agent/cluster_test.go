package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"testing"

	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/client-go/dynamic/fake"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

var deployments = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}

// deploymentSchema is as much of a Deployment as the tests use: a list whose items have keys, a list that is one value, fields.
const deploymentSchema = `{"type": "object",
"x-kubernetes-group-version-kind": [{"group": "apps", "version": "v1", "kind": "Deployment"}],
"properties": {"apiVersion": {"type": "string"}, "kind": {"type": "string"},
 "metadata": {"type": "object", "properties": {"name": {"type": "string"}, "namespace": {"type": "string"},
  "uid": {"type": "string"}, "resourceVersion": {"type": "string"}, "generation": {"type": "integer"},
  "managedFields": {"type": "array", "x-kubernetes-list-type": "atomic", "items": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}},
  "labels": {"type": "object", "additionalProperties": {"type": "string"}},
  "annotations": {"type": "object", "additionalProperties": {"type": "string"}}}},
 "status": {"type": "object", "properties": {"observedGeneration": {"type": "integer"}, "replicas": {"type": "integer"},
  "updatedReplicas": {"type": "integer"}, "availableReplicas": {"type": "integer"}}},
 "spec": {"type": "object", "properties": {"replicas": {"type": "integer"}, "paused": {"type": "boolean"},
  "containers": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
   "items": {"type": "object", "properties": {"name": {"type": "string"}, "image": {"type": "string"},
    "args": {"type": "array", "x-kubernetes-list-type": "atomic", "items": {"type": "string"}},
    "readOnly": {"type": "boolean"}}}}}}}}`

// untyped makes and converts objects without Go types.
type untyped struct{}

func (untyped) Convert(_, _, _ any) error { return fmt.Errorf("not needed") }
func (untyped) ConvertToVersion(in runtime.Object, _ runtime.GroupVersioner) (runtime.Object, error) {
	return in, nil
}
func (untyped) ConvertFieldLabel(_ schema.GroupVersionKind, label, value string) (string, string, error) {
	return label, value, nil
}
func (untyped) Default(runtime.Object) {}
func (untyped) New(kind schema.GroupVersionKind) (runtime.Object, error) {
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(kind)
	return object, nil
}

// cluster is an API server of a test: it keeps objects and their versions, and applies with the API server's own field managers.
type cluster struct {
	*kube
	fake   *fake.FakeDynamicClient
	fields *managedfields.FieldManager
	refuse error // what every apply is answered with
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	var model spec.Schema
	must(t, json.Unmarshal([]byte(deploymentSchema), &model))
	converter, err := managedfields.NewTypeConverter(map[string]*spec.Schema{"deployment": &model}, false)
	must(t, err)
	kind := schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "Deployment"}
	fields, err := managedfields.NewDefaultCRDFieldManager(converter, untyped{}, untyped{}, untyped{}, kind, kind.GroupVersion(), "", nil)
	must(t, err)
	client := fake.NewSimpleDynamicClientWithCustomListKinds(runtime.NewScheme(), map[schema.GroupVersionResource]string{
		remediations: "ZenAgentRemediationList", observations: "ObservationList", deployments: "DeploymentList",
	})
	mapper := meta.NewDefaultRESTMapper(nil)
	mapper.Add(kind, meta.RESTScopeNamespace)
	mapper.Add(schema.GroupVersionKind{Version: "v1", Kind: "Service"}, meta.RESTScopeNamespace)
	mapper.Add(schema.GroupVersionKind{Version: "v1", Kind: "Node"}, meta.RESTScopeRoot)
	mapper.Add(schema.GroupVersionKind{Group: "rbac.authorization.k8s.io", Version: "v1", Kind: "ClusterRoleBinding"}, meta.RESTScopeRoot)
	c := &cluster{kube: &kube{client: client, mapper: mapper, namespace: "zen"}, fake: client, fields: fields}
	client.PrependReactor("patch", "deployments", c.apply)
	client.PrependReactor("*", "zenagentremediations", c.count)
	return c
}

// apply answers a server-side apply, and a dry run of one.
func (c *cluster) apply(action clienttesting.Action) (bool, runtime.Object, error) {
	patch, ok := action.(clienttesting.PatchActionImpl)
	if !ok || patch.PatchType != types.ApplyPatchType {
		return false, nil, nil
	}
	if *patch.PatchOptions.Force {
		return true, nil, errors.NewBadRequest("applied by force")
	}
	dry := len(patch.PatchOptions.DryRun) > 0
	if c.refuse != nil && !dry {
		return true, nil, c.refuse
	}
	live, err := c.fake.Tracker().Get(deployments, patch.Namespace, patch.Name)
	if err != nil {
		return true, nil, err
	}
	given := &unstructured.Unstructured{}
	if err := given.UnmarshalJSON(patch.Patch); err != nil {
		return true, nil, err
	}
	if want := given.GetResourceVersion(); want != "" && want != live.(*unstructured.Unstructured).GetResourceVersion() {
		return true, nil, errors.NewConflict(deployments.GroupResource(), patch.Name, fmt.Errorf("the object has been modified"))
	}
	given.SetResourceVersion("")
	after, err := c.fields.Apply(live.DeepCopyObject(), given, patch.PatchOptions.FieldManager, *patch.PatchOptions.Force)
	if err == nil && !dry {
		bump(after.(*unstructured.Unstructured))
		err = c.fake.Tracker().Update(deployments, after, patch.Namespace)
	}
	return true, after, err
}

// count gives remediations UIDs and versions, and refuses a write to one that has changed since.
func (c *cluster) count(action clienttesting.Action) (bool, runtime.Object, error) {
	switch one := action.(type) {
	case clienttesting.CreateActionImpl:
		object := one.Object.(*unstructured.Unstructured)
		object.SetUID(types.UID("uid-of-" + object.GetName()))
		bump(object)
	case clienttesting.UpdateActionImpl:
		object := one.Object.(*unstructured.Unstructured)
		live, err := c.fake.Tracker().Get(remediations, object.GetNamespace(), object.GetName())
		if err != nil {
			return true, nil, err
		}
		if live.(*unstructured.Unstructured).GetResourceVersion() != object.GetResourceVersion() {
			return true, nil, errors.NewConflict(remediations.GroupResource(), object.GetName(), fmt.Errorf("the object has been modified"))
		}
		bump(object)
	}
	return false, nil, nil
}

func bump(object *unstructured.Unstructured) {
	n, _ := strconv.Atoi(object.GetResourceVersion())
	object.SetResourceVersion(strconv.Itoa(n + 1))
}

// deploy makes the Deployment shop/web, whose fields another manager has set.
func (c *cluster) deploy(t *testing.T, by, fields string) {
	t.Helper()
	object := &unstructured.Unstructured{}
	must(t, object.UnmarshalJSON([]byte(`{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}, `+fields+`}`)))
	object.SetUID("uid-of-web")
	empty, _ := untyped{}.New(object.GroupVersionKind())
	managed, err := c.fields.Update(empty, object, by)
	must(t, err)
	bump(object)
	must(t, c.fake.Tracker().Add(managed))
}

func (c *cluster) deployment(t *testing.T) *unstructured.Unstructured {
	t.Helper()
	object, err := c.client.Resource(deployments).Namespace("shop").Get(context.Background(), "web", metav1.GetOptions{})
	must(t, err)
	return object
}

// spec gives the spec of shop/web, as JSON.
func (c *cluster) spec(t *testing.T) string {
	t.Helper()
	text, err := json.Marshal(c.deployment(t).Object["spec"])
	must(t, err)
	return string(text)
}

func (c *cluster) remediation(t *testing.T, name string) *unstructured.Unstructured {
	t.Helper()
	object, err := c.own().Get(context.Background(), name, metav1.GetOptions{})
	must(t, err)
	return object
}

func (c *cluster) all(t *testing.T) []*unstructured.Unstructured {
	t.Helper()
	list, err := c.own().List(context.Background(), metav1.ListOptions{})
	must(t, err)
	var all []*unstructured.Unstructured
	for _, one := range list.Items {
		all = append(all, &one)
	}
	return all
}
