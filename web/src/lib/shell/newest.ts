const PATIENCE_MS = 8_000;

/** Loads the app anew, as the server has it now and not as this device kept it. */
export async function loadNewest(): Promise<void> {
  // A page served over plain http has no service worker, and needs none of this.
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  const registration = await workers?.getRegistration();
  if (workers && registration) {
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    const taken = new Promise((resolve) => workers.addEventListener('controllerchange', resolve, { once: true }));
    await registration.update().catch(() => undefined);
    if (registration.installing ?? registration.waiting) await Promise.race([taken, late]);
  }
  location.reload();
}
