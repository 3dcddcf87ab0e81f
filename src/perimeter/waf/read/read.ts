/**
 * Reading turns a request into names and values at their places, strictly: what two servers could read differently is refused, and where
 * several readings are honest all are told. `percentReadings` is the one-layer percent decoder that form, query, path and cookie share.
 */
export { type BodyInput, createBodyReader } from './body.ts';
export { type HeadInput, readHead } from './head.ts';
