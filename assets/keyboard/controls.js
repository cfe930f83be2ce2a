// What a person sets around the piano. Each function gives an element; values go into the settings of the take.

// Tempo, meter, metronome and count-in; `changed` is called after each change.
function settingControls(take, { slowest, fastest, meters }, changed) {
  const { settings } = take;
  const set = (name, value) => {
    settings[name] = value;
    changed();
  };
  const tempo = element("input", {
    type: "number", min: slowest, max: fastest, value: settings.bpm,
    onchange: ({ target }) => {
      target.value = clamp(Math.round(Number(target.value)) || 100, slowest, fastest);
      set("bpm", Number(target.value));
    },
  });
  const options = Object.keys(meters).map((name) => element("option", { selected: name === settings.meter }, name));
  const meter = element("select", { onchange: ({ target }) => set("meter", target.value) }, ...options);
  const check = (name, words) => {
    const box = element("input", { type: "checkbox", checked: settings[name], onchange: () => set(name, box.checked) });
    return element("label", {}, box, words);
  };
  const boxes = [check("click", "Metronome"), check("countIn", "Count-in")];
  return element("div", { class: "settings" }, element("label", {}, "Tempo", tempo), element("label", {}, "Meter", meter), ...boxes);
}

// How far the rhythm is straightened when the melody is used.
function strengthControl(take) {
  const { settings } = take;
  const words = element("output");
  const slider = element("input", { type: "range", min: "0", max: "100", step: "5", value: settings.strength, "aria-label": "Straighten the rhythm, percent" });
  const tell = () => {
    settings.strength = Number(slider.value);
    slider.style.setProperty("--fill", `${settings.strength}%`);
    words.textContent = settings.strength ? `${settings.strength} %` : "as played";
    slider.setAttribute("aria-valuetext", words.textContent);
  };
  slider.addEventListener("input", tell);
  slider.addEventListener("change", () => take.keep());
  tell();
  const title = "How far each note is moved to the nearest sixteenth when the melody is used";
  return element("div", { class: "strength", title }, element("span", {}, "Straighten the rhythm"), words, slider);
}

// A button that connects a MIDI keyboard to `note`, or the sentence that says why that can't be.
function midiControl(note) {
  const words = element("p", { class: "told", role: "status" }, midiObstacle());
  if (midiObstacle()) return words;
  const tell = (sentence) => (words.textContent = sentence);
  const connect = element("button", { type: "button", onclick: () => listenToMidi(note, tell) }, "Connect a MIDI keyboard");
  return element("div", { class: "midi" }, connect, words);
}
