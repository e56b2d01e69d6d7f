/**
 * CustomResourceDefinition, for those who ask which kinds were defined at run time: none, and none can be. kubectl lists them
 * before it creates an object of a kind that cannot be patched.
 */
import { defineResource, type KubeObject } from '@ensign/apimachinery'
import { CustomResourceDefinitionSchema } from '../../generated/apiextensions-v1.ts'

export const customResourceDefinitions = defineResource<KubeObject>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  verbs: ['get', 'list', 'watch'],
  schema: CustomResourceDefinitionSchema,
})
