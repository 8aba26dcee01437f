/* Written by hand until `npm run api` replaces it by what the server says. */
export type UserKind = 'person' | 'shared' | 'device' | 'guest' | 'bot';
export interface Assignment {
  orgUnitId: string;
  orgUnitName: string;
  position?: string | null;
  primary: boolean;
  head: boolean;
}
export interface Phones {
  mobile?: string | null;
  extension?: string | null;
  landline?: string | null;
}
export interface User {
  id: string;
  loginId?: string | null;
  name: string;
  kana: string;
  kind: UserKind;
  assignments: Assignment[];
  phones: Phones;
  email?: string | null;
  expiresAt?: string | null;
  suspended: boolean;
}
export interface Settings {
  language?: 'ja' | 'en' | null;
  theme?: 'light' | 'dark' | 'system' | null;
  enterSends?: boolean | null;
  era?: boolean | null;
}
export interface Me extends User {
  roles: { role: string; orgUnitId?: string | null }[];
  rights: string[];
  settings: Settings;
  actorId?: string | null;
}
export interface OrgUnit {
  id: string;
  parentId?: string | null;
  name: string;
  order: number;
  headIds: string[];
  place?: string | null;
  extension?: string | null;
  memberCount: number;
}
export interface DeviceSession {
  id: string;
  deviceName?: string | null;
  createdAt: string;
  lastSeenAt: string;
  address?: string | null;
  current: boolean;
}
export interface Actor {
  id: string;
  name: string;
  kana: string;
}
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  errors?: { field: string; message: string }[];
}
export interface Page<T> {
  items: T[];
  nextCursor?: string | null;
}

type Op<In, Out> = In & {
  responses: { 200: { content: { 'application/json': Out } }; default: { content: { 'application/problem+json': Problem } } };
};
type Body<B> = { requestBody: { content: { 'application/json': B } } };
type Path<P> = { parameters: { path: P } };
type Query<Q> = { parameters: { query?: Q } };
type Paging = { limit?: number; cursor?: string };

export interface paths {
  '/tenant': { get: Op<unknown, { name: string; title: string; apiVersion: number }> };
  '/session': {
    post: Op<Body<{ loginId: string; password: string; deviceName?: string }>, { user: User }>;
    delete: Op<unknown, undefined>;
  };
  '/session/actor': { put: Op<Body<{ actorId: string | null }>, undefined> };
  '/me': { get: Op<unknown, Me>; patch: Op<Body<{ settings: Settings }>, Me> };
  '/me/password': { post: Op<Body<{ current: string; new: string }>, undefined> };
  '/sessions': { get: Op<unknown, Page<DeviceSession>> };
  '/sessions/{id}': { delete: Op<Path<{ id: string }>, undefined> };
  '/users': {
    get: Op<
      Query<Paging & { q?: string; orgUnitId?: string; includeChildren?: boolean; groupId?: string; ids?: string }>,
      Page<User>
    >;
  };
  '/users/{id}': { get: Op<Path<{ id: string }>, User> };
  '/users/{id}/actors': { get: Op<Path<{ id: string }>, Page<Actor>> };
  '/orgUnits': { get: Op<Query<Paging>, Page<OrgUnit>> };
  '/rooms': {
    get: Op<Query<Paging & { q?: string }>, Page<{ id: string; kind: string; orgUnitId?: string | null }>>;
    post: Op<
      Body<{
        kind: 'direct' | 'group' | 'orgUnit';
        title?: string;
        memberIds?: string[];
        orgUnitId?: string;
        includeChildren?: boolean;
        clientId?: string;
      }>,
      { id: string }
    >;
  };
}
