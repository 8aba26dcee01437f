import { MediaQuery } from 'svelte/reactivity';

const phone = new MediaQuery('(max-width: 767px)');

/** What the frame and the places tell each other. */
class Shell {
  /** A phone's conversation takes the whole screen: the tab bar goes. */
  immersive = $state(false);

  get phone(): boolean {
    return phone.current;
  }
}

export const shell = new Shell();
