import BookUser from '@lucide/svelte/icons/book-user';
import Ellipsis from '@lucide/svelte/icons/ellipsis';
import MessageCircle from '@lucide/svelte/icons/message-circle';
import type { Component } from 'svelte';
import { m } from '#lib/paraglide/messages.js';

export type Place = {
  id: 'talk' | 'addressbook' | 'more';
  label: () => string;
  icon: Component<{ size?: number; strokeWidth?: number }>;
};

/** Where one can be. A place is added here by the work that makes it usable, never before. */
export const places: Place[] = [
  { id: 'talk', label: m.place_talk, icon: MessageCircle },
  { id: 'addressbook', label: m.place_addressbook, icon: BookUser },
  { id: 'more', label: m.place_more, icon: Ellipsis },
];
