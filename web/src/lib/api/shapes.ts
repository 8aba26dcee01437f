// The names that the client uses for the API's shapes, which are generated from the server's document.
import type { components } from './schema.d.ts';

type Schemas = components['schemas'];

export type User = Schemas['UserView'];
export type Assignment = Schemas['Assigned'];
export type Me = Schemas['Me'];
export type Settings = Schemas['Settings'];
export type OrgUnit = Schemas['OrgUnit'];
export type DeviceSession = Schemas['Session'];
export type Actor = Schemas['Actor'];
export type RoomLink = Schemas['RoomLink'];
export type LinkCard = Schemas['LinkCard'];
export type LinkCards = Schemas['LinkCards'];
