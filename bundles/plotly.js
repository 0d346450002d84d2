// plotly.js with the traces in use, and no other: a figure with a new kind of trace needs its line here, and a test says so.
const Plotly = require("plotly.js/lib/core"); // has scatter

Plotly.register([
  require("plotly.js/lib/bar"),
  require("plotly.js/lib/heatmap"),
  require("plotly.js/lib/pie"),
  require("plotly.js/lib/scatterpolar"),
]);

module.exports = Plotly;
