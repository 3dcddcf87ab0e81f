import type { z } from 'zod';
import type { CustomRoles, Subject } from '../../access/access.ts';
import { decide } from '../../access/access.ts';
import { SallyportError } from '../../core/errors.ts';
import type { PrincipalRef } from '../../core/events.ts';
import type { Permission } from '../../core/permissions.ts';
import type { Secret } from '../../core/secret.ts';
import type { Session, SignInContext, User } from '../../identity/identity.ts';
import type { contract, Operation, OperationOutput } from '../contract/contract.ts';

/** A signed-in person. */
export interface PersonCaller {
  readonly kind: 'person';
  readonly user: User;
  readonly session: Session;
  readonly principal: PrincipalRef;
  /** With everything they hold, by themselves, by groups and for a time. */
  readonly subject: Subject;
  /** What a decision about them needs besides: the time of the call, and the roles made here. */
  readonly now: number;
  readonly roles: CustomRoles;
}

/** Whoever sits at the machine's own command line: may do everything but be a person. */
interface OperatorCaller {
  readonly kind: 'operator';
  readonly principal: PrincipalRef;
}

export type Caller = PersonCaller | OperatorCaller;

/** One call of an operation, allowed in principle: `need` and step-up are checked. */
export interface Call<C extends Caller = Caller> {
  readonly caller: C;
  readonly context: SignInContext;
  /** Aborts when the client goes away or the call has taken too long. */
  readonly signal: AbortSignal;
  /** Gives the browser a new session, or (null) takes it away. */
  setSession(token: Secret | null): void;
}

type CallOf<O extends Operation> = O extends `me.${string}` ? Call<PersonCaller> : Call;

type ParsedPart<O extends Operation, K extends 'params' | 'query' | 'body'> =
  (typeof contract)[O] extends Record<K, infer S>
    ? S extends z.ZodType
      ? { readonly [P in K]: z.output<S> }
      : unknown
    : unknown;

/** The parsed input: defaults filled in, texts turned into what they stand for. */
type ParsedInput<O extends Operation> = ParsedPart<O, 'params'> & ParsedPart<O, 'query'> & ParsedPart<O, 'body'>;

export type ReadonlyDeep<T> = T extends object ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> } : T;

type Handler<O extends Operation> = (
  call: CallOf<O>,
  input: ParsedInput<O>,
) => Promise<ReadonlyDeep<OperationOutput<O>>>;

/** One handler for each operation: a missing one does not compile. */
export type Handlers<O extends Operation = Operation> = { readonly [K in O]: Handler<K> };

/** Throws `access.denied` unless the caller may, in the project if one is given. The operator may. */
export async function demand(caller: Caller, permission: Permission, project?: string): Promise<void> {
  if (caller.kind === 'operator') return;
  demandDecision(decide(caller.subject, { permission, project }, caller.now, caller.roles), permission);
}

/** Whether the caller may, in the project if one is given. The operator may. */
export function may(caller: Caller, permission: Permission, project?: string): boolean {
  return caller.kind === 'operator' || decide(caller.subject, { permission, project }, caller.now, caller.roles).allow;
}

/** Throws `access.denied` with the reason of a refusing decision. */
export function demandDecision(
  decision: { readonly allow: true } | { readonly allow: false; readonly reason: string },
  what: string,
): void {
  if (!decision.allow) throw denied(what, `${decision.reason}.`);
}

/** `detail` is shown to the caller. */
export function denied(what: string, detail: string): SallyportError {
  return new SallyportError('access.denied', `Refused "${what}": ${detail}`, {
    detail: detail.charAt(0).toUpperCase() + detail.slice(1),
  });
}

/** An input that parses but cannot stand. */
export function invalid(path: string, message: string): SallyportError {
  return new SallyportError('core.invalid_input', `Cannot accept "${path}": ${message}`, {
    detail: `${path}: ${message}`,
    extensions: { errors: [{ path, message }] },
  });
}
