package main

import (
	"context"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/restmapper"

	"ensign.dev/e2e/clients/go/internal/promise"
)

func (c *clients) discovers() []promise.Promise {
	cached := memory.NewMemCacheClient(c.typed.Discovery())
	mapper := restmapper.NewShortcutExpander(restmapper.NewDeferredDiscoveryRESTMapper(cached), cached, nil)
	return []promise.Promise{
		{Name: "finds every group, with all that it has", Kept: func(context.Context) error {
			groups, resources, err := c.typed.Discovery().ServerGroupsAndResources()
			if err != nil {
				return err
			}
			if len(groups) < 5 || len(resources) < len(groups) {
				return fmt.Errorf("there are %d groups and %d versions of them", len(groups), len(resources))
			}
			older, err := c.typed.Discovery().ServerResourcesForGroupVersion("v1")
			if err != nil {
				return err
			}
			if err := promise.Same("the version of the older document", older.GroupVersion, "v1"); err != nil {
				return err
			}
			version, err := c.typed.Discovery().ServerVersion()
			if err != nil {
				return err
			}
			return promise.Same("the server's minor version", version.Minor, "36")
		}},
		{Name: "maps kinds, plurals and short names to each other", Kept: func(context.Context) error {
			mapping, err := mapper.RESTMapping(schema.GroupKind{Group: "rbac.authorization.k8s.io", Kind: "Role"})
			if err != nil {
				return err
			}
			kind, err := mapper.KindFor(schema.GroupVersionResource{Resource: "sa"})
			if err != nil {
				return err
			}
			if err := promise.Same("the kind of a short name", kind.String(), "/v1, Kind=ServiceAccount"); err != nil {
				return err
			}
			return promise.Same("the scope", mapping.Resource == roles && mapping.Scope.Name() == meta.RESTScopeNameNamespace, true)
		}},
		{Name: "reads the OpenAPI documents that discovery leads to", Kept: func(context.Context) error {
			paths, err := c.typed.Discovery().OpenAPIV3().Paths()
			if err != nil {
				return err
			}
			document, err := paths["api/v1"].Schema("application/json")
			if err != nil {
				return err
			}
			if !strings.Contains(string(document), `"io.k8s.api.core.v1.ServiceAccount"`) {
				return fmt.Errorf("it knows no ServiceAccount")
			}
			_, err = c.typed.Discovery().OpenAPISchema()
			return err
		}},
	}
}
