// The shelves of the picker, in the order of the data.
import Car from '@lucide/svelte/icons/car';
import Clock from '@lucide/svelte/icons/clock';
import Flag from '@lucide/svelte/icons/flag';
import Hand from '@lucide/svelte/icons/hand';
import Leaf from '@lucide/svelte/icons/leaf';
import Lightbulb from '@lucide/svelte/icons/lightbulb';
import Shapes from '@lucide/svelte/icons/shapes';
import Smile from '@lucide/svelte/icons/smile';
import Trophy from '@lucide/svelte/icons/trophy';
import Utensils from '@lucide/svelte/icons/utensils';
import { m } from '#lib/paraglide/messages.js';

export const categories: readonly { label: () => string; icon: typeof Car }[] = [
  { label: m.talk_emoji_recent, icon: Clock },
  { label: m.talk_emoji_faces, icon: Smile },
  { label: m.talk_emoji_people, icon: Hand },
  { label: m.talk_emoji_nature, icon: Leaf },
  { label: m.talk_emoji_food, icon: Utensils },
  { label: m.talk_emoji_travel, icon: Car },
  { label: m.talk_emoji_doing, icon: Trophy },
  { label: m.talk_emoji_things, icon: Lightbulb },
  { label: m.talk_emoji_signs, icon: Shapes },
  { label: m.talk_emoji_flags, icon: Flag },
];
