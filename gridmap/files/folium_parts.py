"""What stands around the map of the exported page: its style sheet, heading, legend, table.

Everything put into the template is escaped before; see ``folium_page``.
"""

PAGE_STYLE = """
:root{--ink:#16181A;--ink-2:#474C50;--line:#E2E2DC;--land:#F4F1EA;--page:#F5F5F2}
html,body{margin:0;height:100%;background:var(--page);color:var(--ink);
 font:13px/1.4 "PingFang SC","Noto Sans CJK SC","Microsoft YaHei",system-ui,sans-serif}
body{display:grid;grid-template-rows:auto minmax(20rem,1fr) auto}
.page-head{grid-row:1;padding:10px 16px;background:#fff;border-bottom:1px solid var(--line)}
.page-head h1{margin:0;font-size:18px;line-height:1.2}
.folium-map{grid-row:2}
.folium-map.leaflet-container{background:var(--page);font:inherit}
.legend,.leaflet-control-layers{background:#fff;border:1px solid #C4C4BC;border-radius:5px;
 box-shadow:none;padding:8px 12px;color:var(--ink)}
.legend h2{margin:0 0 6px;font-size:13px}
.legend ul{margin:0;padding:0;list-style:none}
.legend li{display:flex;align-items:center;gap:8px;min-height:20px}
.legend svg{flex:none;border:1px solid #C4C4BC}
.legend p{margin:6px 0 0;max-width:16rem;color:var(--ink-2);font-size:12px}
.leaflet-tooltip table{border-collapse:collapse}.leaflet-tooltip th{padding-right:8px;
 color:var(--ink-2);font-weight:400;text-align:left}
.figures{grid-row:3;background:#fff;border-top:1px solid var(--line);padding:8px 16px;
 max-height:40vh;overflow:auto}
.figures table{border-collapse:collapse;margin-top:8px}
.figures th,.figures td{padding:3px 16px 3px 0;border-bottom:1px solid var(--line);text-align:left}
.figures td+td{text-align:right;font-variant-numeric:tabular-nums}
@media print{.leaflet-control-zoom,.leaflet-control-layers{display:none}}
"""

FURNITURE = """
{% macro html(this, kwargs) %}
<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>
<pattern id="thin" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect width="6" height="6" fill="#F4F1EA"/><rect width="1.4" height="6" fill="#7A6C80"/>
</pattern></defs></svg>
<header class="page-head"><h1>{{ this.title }}</h1></header>
<template id="legend">
<h2>{{ this.legend.heading }}</h2><ul>
{% for color, label in this.classes %}<li><svg width="18" height="14" aria-hidden="true">
<rect width="18" height="14" fill="{{ color }}"/></svg>{{ label }}</li>{% endfor %}
{% if this.legend.thin_label %}<li><svg width="18" height="14" aria-hidden="true">
<rect width="18" height="14" fill="url(#thin)"/></svg>{{ this.legend.thin_label }}</li>{% endif %}
</ul>
{% if this.legend.note %}<p>{{ this.legend.note }}</p>{% endif %}
{% if this.heat %}<p>{{ this.words.heat_note }}</p>{% endif %}
</template>
{% if this.rows %}<details class="figures"><summary>{{ this.words.table }}</summary><table>
<thead><tr><th scope="col">{{ this.words.place }}</th>
<th scope="col">{{ this.words.value }}</th></tr></thead><tbody>
{% for row in this.rows %}<tr><td>{{ row.name }}</td><td>{{ row.value }}</td></tr>{% endfor %}
</tbody></table></details>{% endif %}
{% endmacro %}
{% macro script(this, kwargs) %}
(function (map) {
  map.attributionControl.setPrefix(false).addAttribution({{ this.attribution|tojson }});
  L.control.scale({imperial: false}).addTo(map);
  var legend = L.control({position: "bottomleft"});
  legend.onAdd = function () {
    var box = L.DomUtil.create("section", "legend");
    box.append(document.getElementById("legend").content.cloneNode(true));
    return box;
  };
  legend.addTo(map);
})({{ this._parent.get_name() }});
{% endmacro %}
"""
