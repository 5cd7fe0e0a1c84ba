/**
 * The words of the Kubernetes API that client and server share: objects, selectors, quantities, patches, schemas.
 * No I/O, no HTTP. Begin with object.ts.
 */
export * from './object.ts'
export * from './status.ts'
export * from './field-error.ts'
export * from './go-selector.ts'
export * from './schema/index.ts'
export * from './access.ts'
export * from './base64.ts'
export * from './errors.ts'
export * from './label-selector.ts'
export * from './metrics-service.ts'
export * from './names.ts'
export * from './node.ts'
export * from './node-streams.ts'
export * from './quantity.ts'
export * from './simulation.ts'
export * from './time.ts'
export * from './patch/index.ts'
export { decodeProtobuf } from './protobuf/decode.ts'
export { encodeProtobuf, encodeProtobufEvent, hasProtobuf } from './protobuf/encode.ts'
export { encodeSwagger } from './protobuf/encode-swagger.ts'
