// Shows what comes from the push service, and opens the link of an alert in it when it is clicked.

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data.json();
  } catch {
    // A browser asks for a notification whatever came, or shows one of its own words.
  }
  const options = { data: said.link ?? "/admin/", tag: said.link ?? "observer" };
  event.waitUntil(self.registration.showNotification(said.subject ?? "Observer", options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const link = new URL(event.notification.data, self.location.origin);
  if (link.origin === self.location.origin) event.waitUntil(self.clients.openWindow(link.href));
});
