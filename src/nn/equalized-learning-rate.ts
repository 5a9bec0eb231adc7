import { mul, type WeightTransform } from "../tensor/index.ts";
import { normal } from "./initializers.ts";

/**
 * Equalised learning rate: W = w · gain/√fanIn at run time with w ~ N(0, 1), so that Adam moves all layers at
 * one rate.
 * Karras et al. 2018 (Progressive GAN), arXiv:1710.10196, section 4.1, where the gain is √2 (He); StyleGAN
 * uses 1. Below 1, `rate` slows the layer: w ~ N(0, 1/rate²) and W = w · rate · gain/√fanIn, as in StyleGAN's
 * mapping network (0.01).
 */
export function equalizedLearningRate({ gain = Math.SQRT2, rate = 1 } = {}): WeightTransform {
  return ({ fanIn }, make) => mul(make(normal({ std: 1 / rate })), (rate * gain) / Math.sqrt(fanIn));
}
