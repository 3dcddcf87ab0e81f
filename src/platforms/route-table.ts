import { SallyportError } from '../core/errors.ts';
import type { Permission } from '../core/permissions.ts';
import type { Classification, PlatformRequest } from './platforms.ts';
import { may, type Route, unknownRoute } from './route.ts';

/** A compiled route table. Matching ignores the case of fixed segments and a trailing slash, as Express does by default. */
export interface RouteTable {
  /** Total: what no row matches is `unknownRoute`. HEAD is what GET is. */
  classify(request: Pick<PlatformRequest, 'method' | 'path'>): Classification;
  /** The path in the table's own spelling, with the case of parameters kept; unchanged when no row has this path. */
  fold(path: string): string;
}

interface Entry {
  readonly classification: Classification;
  readonly resource: { readonly kind: string; readonly segment: number } | undefined;
}

interface Node {
  /** Spelling of a fixed segment; undefined for one that varies. */
  readonly text: string | undefined;
  readonly fixed: Map<string, Node>;
  varying: Node | undefined;
  /** By method, for a path that ends here. */
  readonly here: Map<string, Entry>;
  /** By method, for any path that goes on from here. */
  readonly below: Map<string, Entry>;
  slashAtEnd: boolean;
}

/** Compiles rows into a segment tree. Two rows for one method and path, or a malformed pattern, stop the boot. */
export function compileRoutes(routes: readonly Route[]): RouteTable {
  const root = newNode('');
  for (const route of routes) add(root, route);
  return {
    classify({ method, path }) {
      const entry = find(root, path, 1, method === 'HEAD' ? 'GET' : method);
      if (!entry) return unknownRoute;
      if (!entry.resource) return entry.classification;
      const { kind, segment } = entry.resource;
      const id = segmentAt(path, segment);
      return { ...entry.classification, resource: { kind, id: id.includes('%') ? decodeURIComponent(id) : id } };
    },
    fold(path) {
      const parts: string[] = [];
      return spell(root, path, 1, parts) ? `/${parts.join('/')}` : path;
    },
  };
}

function add(root: Node, route: Route): void {
  const [method = '', pattern = ''] = route.on.split(' ');
  const isPrefix = pattern.endsWith('/*');
  const segments = pattern.slice(1, isPrefix ? -2 : undefined).split('/');
  const slashAtEnd = pattern !== '/' && segments.at(-1) === '';
  if (slashAtEnd) segments.pop();
  let node = root;
  for (const segment of pattern === '/' ? [] : segments) node = step(node, segment, route);
  const entries = isPrefix ? node.below : node.here;
  if (entries.has(method)) throw bad(route, 'the method and path stand in the table already');
  const { action, resource, observe, gate, forwardAs, signedInPath, startsByGet } = route;
  if (resource !== undefined && !segments.includes(':id')) throw bad(route, 'a resource needs the segment ":id"');
  node.slashAtEnd ||= slashAtEnd;
  entries.set(method, {
    classification: {
      action,
      endpoint: pattern,
      // The type of a route without `need` says that its action is a permission.
      need: route.need ?? may(action as Permission),
      ...(observe === undefined ? {} : { observeBytesMax: observe }),
      ...(gate === undefined ? {} : { gate }),
      ...(forwardAs === undefined ? {} : { forwardAs }),
      ...(signedInPath === undefined ? {} : { signedInPath }),
      ...(startsByGet === undefined ? {} : { startsByGet }),
    },
    resource: resource === undefined ? undefined : { kind: resource, segment: segments.indexOf(':id') },
  });
}

function step(node: Node, segment: string, route: Route): Node {
  if (segment === '' || segment.includes('*')) throw bad(route, 'an empty or starred segment inside');
  if (segment.startsWith(':')) {
    node.varying ??= newNode(undefined);
    return node.varying;
  }
  const key = segment.toLowerCase();
  const next = node.fixed.get(key) ?? newNode(segment);
  node.fixed.set(key, next);
  return next;
}

const newNode = (text: string | undefined): Node => ({
  text,
  fixed: new Map(),
  varying: undefined,
  here: new Map(),
  below: new Map(),
  slashAtEnd: false,
});

const bad = (route: Route, why: string): SallyportError =>
  new SallyportError('internal', `Cannot compile route "${route.on}": ${why}`);

/** Depth first, the more specific first: fixed, then varying, then everything below. Bounded by the size of the tree. */
function find(node: Node, path: string, from: number, method: string): Entry | undefined {
  if (from >= path.length) return node.here.get(method) ?? node.here.get('ANY');
  const slash = path.indexOf('/', from);
  const end = slash === -1 ? path.length : slash;
  const fixed = node.fixed.get(path.slice(from, end).toLowerCase());
  const found = fixed && find(fixed, path, end + 1, method);
  if (found) return found;
  const varying = node.varying && find(node.varying, path, end + 1, method);
  return varying ?? node.below.get(method) ?? node.below.get('ANY');
}

function spell(node: Node, path: string, from: number, parts: string[]): boolean {
  if (from >= path.length) {
    if (node.here.size === 0) return false;
    if (node.slashAtEnd) parts.push('');
    return true;
  }
  const slash = path.indexOf('/', from);
  const end = slash === -1 ? path.length : slash;
  const segment = path.slice(from, end);
  const depth = parts.length;
  for (const next of [node.fixed.get(segment.toLowerCase()), node.varying]) {
    if (!next) continue;
    parts.push(next.text ?? segment);
    if (spell(next, path, end + 1, parts)) return true;
    parts.length = depth;
  }
  if (node.below.size === 0) return false;
  parts.push(path.endsWith('/') ? path.slice(from, -1) : path.slice(from));
  return true;
}

function segmentAt(path: string, index: number): string {
  let from = 1;
  for (let skipped = 0; skipped < index; skipped++) from = path.indexOf('/', from) + 1;
  const slash = path.indexOf('/', from);
  return path.slice(from, slash === -1 ? path.length : slash);
}
