import { add, mean, mul, neg, softplus, sub, type Tensor, UserError } from "../../tensor/index.ts";
import { bce } from "./bce.ts";
import { hinge, mse } from "./regression.ts";

/** What the two players of a GAN minimise, from the discriminator's outputs before any sigmoid. */
type Game = {
  /** From outputs on data and on generated samples. */
  discriminator(real: Tensor, fake: Tensor): Tensor;
  generator(fake: Tensor): Tensor;
};

/** −E[log σ(D(x))] − E[log(1 − σ(D(G(z))))]: minus the value function, Goodfellow et al. 2014, eq. 1. */
const logisticDiscriminator = (real: Tensor, fake: Tensor): Tensor => add(bce(real, 1), bce(fake, 0));

const games = {
  /** Generator: −E[log σ(D(G(z)))] (Goodfellow et al. 2014, section 3). */
  "non-saturating": { discriminator: logisticDiscriminator, generator: (fake) => bce(fake, 1) },
  /** Generator: E[log(1 − σ(D(G(z))))] (Goodfellow et al. 2014, eq. 1). */
  minimax: { discriminator: logisticDiscriminator, generator: (fake) => neg(mean(softplus(fake))) },
  /** Lim & Ye 2017, eq. 15; Miyato et al. 2018, eq. 16 and 17. */
  hinge: {
    discriminator: (real, fake) => add(hinge(real, 1), hinge(fake, -1)),
    generator: (fake) => neg(mean(fake)),
  },
  /** Mao et al. 2017, eq. 9: labels a = 0 for fake, b = 1 for real, c = 1 for what the generator wants. */
  "least-squares": {
    discriminator: (real, fake) => mul(add(mse(real, 1), mse(fake, 0)), 0.5),
    generator: (fake) => mul(mse(fake, 1), 0.5),
  },
  /** Arjovsky et al. 2017, eq. 2 and 3; the critic needs a Lipschitz constraint besides. */
  wasserstein: {
    discriminator: (real, fake) => sub(mean(fake), mean(real)),
    generator: (fake) => neg(mean(fake)),
  },
} satisfies { [objective: string]: Game };

export type AdversarialObjective = keyof typeof games;
/** Names of the objectives that `discriminatorLoss` and `generatorLoss` know. */
export const adversarialObjectives = Object.keys(games) as readonly AdversarialObjective[];

/**
 * What the discriminator minimises, a scalar, from its outputs (logits or scores) on data and on generated samples:
 *   non-saturating, minimax  E[softplus(−real)] + E[softplus(fake)]
 *   hinge                    E[max(0, 1 − real)] + E[max(0, 1 + fake)]
 *   least-squares            ½E[(real − 1)²] + ½E[fake²]
 *   wasserstein              E[fake] − E[real]
 */
export function discriminatorLoss(
  real: Tensor,
  fake: Tensor,
  objective: AdversarialObjective = "non-saturating",
): Tensor {
  return gameOf(objective).discriminator(real, fake);
}

/**
 * What the generator minimises, a scalar, from the discriminator's outputs (logits or scores) on generated samples:
 *   non-saturating  E[softplus(−fake)]        minimax  −E[softplus(fake)]
 *   hinge, wasserstein  −E[fake]              least-squares  ½E[(fake − 1)²]
 */
export function generatorLoss(fake: Tensor, objective: AdversarialObjective = "non-saturating"): Tensor {
  return gameOf(objective).generator(fake);
}

function gameOf(objective: AdversarialObjective): Game {
  const game = games[objective] as Game | undefined;
  if (!game) {
    throw new UserError(
      `adversarial loss: there is no objective ${JSON.stringify(objective)}; use one of ${adversarialObjectives.join(", ")}.`,
    );
  }
  return game;
}
