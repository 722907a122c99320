// The page that waits for the phone goes on by itself: it asks every two seconds how the request stands. Hidden or
// offline it waits; without scripts a button asks the same.

const place = document.querySelector("[data-scan]");

const look = async () => {
  if (document.hidden) return;
  const answer = await fetch(place.dataset.scan, { headers: { accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const { state } = await answer.json();
  if (state === place.dataset.scanState) return;
  clearInterval(asking);
  const finish = document.querySelector("[data-scan-finish]");
  if (state === "confirmed" && finish) finish.requestSubmit();
  else location.reload();
};

const asking = place && setInterval(look, 2000);
