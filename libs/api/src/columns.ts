/** Columns that nearly every kind has. Source: kubernetes/kubernetes pkg/printers/internalversion/printers.go */
import type { Column, KubeObject } from '@ensign/apimachinery'

export const nameColumn: Column<KubeObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name of the object, unique in its namespace.',
  cell: ({ metadata }) => metadata.name ?? '',
}

export const ageColumn: Column<KubeObject> = {
  name: 'Age',
  type: 'string',
  description: 'Time since the object was made.',
  cell: ({ metadata }, at) => at.age(metadata.creationTimestamp),
}
