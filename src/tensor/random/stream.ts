/** A stream of random numbers on the host, keyed and counter-based: the same key gives the same numbers everywhere. */
export interface RandomStream {
  /** Fills with independent uniforms in the open interval (0, 1). */
  uniform(out: Float32Array): Float32Array;
  /** Fills with independent standard normals. */
  normal(out: Float32Array): Float32Array;
  /** Fills with uniform 32-bit unsigned integers. */
  bits(out: Uint32Array): Uint32Array;
}
