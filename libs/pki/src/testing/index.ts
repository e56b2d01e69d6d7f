export { type Asked, certificationRequest, pem, type RequestKey } from './certification-request.ts'
export { requestKeys } from './request-keys.ts'
