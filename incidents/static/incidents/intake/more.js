// What the form gains once it can be used: the position, a list that is searched, a map, a box that grows.
import "./position.js";
import "./words.js";
import "./places.js";
