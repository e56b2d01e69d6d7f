import {
  type FieldError,
  isDns1123Subdomain,
  type KubeObject,
  type NameRule,
  validateObjectMeta,
} from '@ensign/apimachinery'

/**
 * The checks of ObjectMeta that an update repeats after those for updates, so that a problem of labels is told twice.
 * Upstream's update validation of most kinds calls the one for create, and clients see both causes.
 */
export const metadataAgain =
  ({ namespaced, nameRule = isDns1123Subdomain }: { namespaced: boolean; nameRule?: NameRule }) =>
  (object: KubeObject): FieldError[] =>
    validateObjectMeta(object.metadata, { namespaced, nameRule })
