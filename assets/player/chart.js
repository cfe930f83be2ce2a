// A live chart: Plotly.react on one element that is never replaced, so that zoom and hover survive every new point.
// The library comes from a component of its own (see composer/ui/chart.py); until it is there this waits.
// What is marked elsewhere on the page (see hear.js) is shown as an upright line in all charts of the same group.

const MARKS = (window.composerMarks ??= new Map());

async function library() {
  while (!window.Plotly) await new Promise((resolve) => setTimeout(resolve, 30));
  return window.Plotly;
}

function shapes(holder) {
  const { layout } = holder.composerFigure;
  const mark = MARKS.get(holder.composerGroup);
  if (!mark) return layout.shapes ?? [];
  const label = { text: mark.text, textposition: "end", textangle: 0, xanchor: "left", yanchor: "top", font: { size: 12 } };
  const line = { width: 1.5, dash: "dot", color: layout.font?.color };
  return [...(layout.shapes ?? []), { type: "line", x0: mark.x, x1: mark.x, yref: "paper", y0: 0, y1: 1, line, label }];
}

async function draw(holder) {
  const plotly = await library();
  const { data, layout } = holder.composerFigure;
  const modebar = { bgcolor: "rgba(0,0,0,0)", color: layout.font?.color, activecolor: layout.font?.color };
  const buttons = [["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"]];
  const config = { responsive: true, displaylogo: false, showTips: false, modeBarButtons: buttons };
  await plotly.react(holder, data, { ...layout, shapes: shapes(holder), autosize: true, modebar }, config);
  holder.dataset.points = data[0]?.x?.length ?? 0;
}

// A chart that left the page stops to listen; many marks within one frame are drawn once.
function followMarks(holder) {
  let asked = false;
  const follow = ({ detail }) => {
    if (!holder.isConnected) return window.removeEventListener("composer-mark", follow);
    if (detail !== holder.composerGroup || asked || !holder.dataset.points) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      window.Plotly.relayout(holder, { shapes: shapes(holder) });
    });
  };
  window.addEventListener("composer-mark", follow);
}

export default function ({ data, parentElement }) {
  const holder = parentElement.querySelector(".chart-mount");
  holder.style.height = `${data.height}px`;
  holder.setAttribute("role", "figure"); // not img: that would hide the zoom buttons from a screen reader
  holder.setAttribute("aria-label", data.label);
  if (!holder.composerFigure) followMarks(holder);
  holder.composerFigure = data.figure;
  holder.composerGroup = data.group;
  draw(holder);
}
