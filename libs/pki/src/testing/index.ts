export { type Asked, certificationRequest, pem } from './certification-request.ts'
