export { AuditPolicyError, parseAuditPolicy, type AuditPolicy } from './policy.ts'
export { type AuditParts, type AuditSink, AuditTrail } from './trail.ts'
