// A live chart: Plotly.react on one element that is never replaced, so that zoom and hover survive every new point.
// The library comes from a component of its own (see composer/ui/chart.py); until it is there this waits.

async function library() {
  while (!window.Plotly) await new Promise((resolve) => setTimeout(resolve, 30));
  return window.Plotly;
}

async function draw(holder) {
  const plotly = await library();
  const { data, layout } = holder.composerFigure;
  const modebar = { bgcolor: "rgba(0,0,0,0)", color: layout.font?.color, activecolor: layout.font?.color };
  const buttons = [["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"]];
  const config = { responsive: true, displaylogo: false, showTips: false, modeBarButtons: buttons };
  await plotly.react(holder, data, { ...layout, autosize: true, modebar }, config);
  holder.dataset.points = data[0]?.x?.length ?? 0;
}

export default function ({ data, parentElement }) {
  const holder = parentElement.querySelector(".chart-mount");
  holder.style.height = `${data.height}px`;
  holder.setAttribute("role", "img");
  holder.setAttribute("aria-label", data.label);
  holder.composerFigure = data.figure;
  draw(holder);
}
